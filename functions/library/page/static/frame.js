// The frame in which a chapter is shown. Nothing in it runs: its sandbox allows no
// scripts. The page reaches into it, lays it out in columns as wide as the frame, and
// moves from one to the next.

const xhtml = 'http://www.w3.org/1999/xhtml'

// What a book may change; what it may not is in lay.
const beginnings = `
  html { font-family: "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; }
  body { font-size: 1.125rem; overflow-wrap: anywhere; text-align: justify; hanging-punctuation: allow-end; }
  p, li, blockquote { orphans: 2; widows: 2; }
  h1, h2, h3, h4 { line-height: 1.4; break-after: avoid; text-wrap: balance; } h1 { font-size: 1.5em; } h2 { font-size: 1.3em; }
  figure { margin: 1em 0; break-inside: avoid; } figcaption { font-size: .85em; }
  table { border-collapse: collapse; max-width: 100%; font-size: .9em; } td, th { border: 1px solid; padding: .3em .6em; text-align: start; } tr { break-inside: avoid; }
  pre { white-space: pre-wrap; font-size: .85em; } pre, code, kbd, samp, tt { font-family: monospace, "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei"; }
  html:lang(zh) p:not([class]) { text-indent: 2em; }`

export class Frame {
  constructor(stage, title, heard) {
    Object.assign(this, { stage, title, heard, page: 0, pages: 1, settings: {} })
    new ResizeObserver(() => { clearTimeout(this.later); this.later = setTimeout(() => this.relay(), 80) }).observe(stage)
  }

  // show fetches a chapter and shows it. Its promise ends when it is laid out.
  async show(base, address) {
    const url = new URL(address, base)
    url.hash = ''
    const answer = await fetch(url)
    if (!answer.ok) throw Object.assign(new Error(answer.status), { status: answer.status })
    const kind = (answer.headers.get('Content-Type') || '').split(';')[0]
    if (kind.startsWith('image/')) return this.put(base, url, picture(url))
    const chapter = new DOMParser().parseFromString(await answer.text(), 'application/xhtml+xml')
    if (chapter.querySelector('parsererror')) throw new Error('not well formed')
    return this.put(base, url, chapter)
  }

  async put(base, url, chapter) {
    const frame = document.createElement('iframe')
    frame.title = this.title
    frame.setAttribute('sandbox', 'allow-same-origin') // and never allow-scripts: together they are no sandbox
    frame.style.visibility = 'hidden'
    const policy = `default-src 'none'; img-src ${base} data:; style-src ${base} 'unsafe-inline'; font-src ${base}; media-src ${base}; base-uri ${base}; form-action 'none'`
    frame.srcdoc = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base href="${url.href.replace(/"/g, '%22')}"></head><body></body></html>`
    const loaded = new Promise(resolve => frame.addEventListener('load', resolve, { once: true }))
    this.stage.append(frame)
    await loaded
    this.frame = frame
    const doc = this.doc = frame.contentDocument
    for (const a of chapter.documentElement.attributes) if (!a.name.startsWith('xmlns')) doc.documentElement.setAttribute(a.name, a.value)
    const size = chapter.querySelector('meta[name=viewport]')?.content.match(/width=(\d+).*height=(\d+)/)
    this.fixed = size && { width: +size[1], height: +size[2] }
    const links = [...chapter.head.querySelectorAll('style, link[rel=stylesheet]')].map(e => doc.importNode(e, true))
    const sheets = links.filter(e => e.localName === 'link').map(e => new Promise(resolve => { e.onload = e.onerror = resolve }))
    const before = doc.createElement('style')
    before.textContent = beginnings
    doc.head.append(before, ...links)
    doc.body.replaceWith(doc.importNode(chapter.body, true))
    for (const i of doc.images) { // a picture alone is no paragraph to be indented
      const p = i.closest('p')
      if (p && !p.textContent.trim()) { p.style.setProperty('text-indent', '0', 'important'); p.style.textAlign = 'center' }
    }
    this.style = doc.createElement('style')
    doc.head.append(this.style)
    this.listen(doc)
    this.nodes = null
    const pictures = [...doc.images].map(i => i.complete ? null : new Promise(resolve => { i.onload = i.onerror = resolve }))
    await soon(Promise.all(sheets), 3000)
    await soon(Promise.all([...pictures, doc.fonts.ready]), 1500)
    if (chapter.isPicture) this.fixed = { width: doc.images[0].naturalWidth || 600, height: doc.images[0].naturalHeight || 800 }
    Promise.all(pictures).then(() => this.frame === frame && this.relay())
    this.page = 0
    this.lay()
    frame.style.visibility = ''
    for (const other of this.stage.querySelectorAll('iframe')) if (other !== frame) other.remove()
  }

  listen(doc) {
    for (const name of ['keydown', 'click', 'touchstart', 'touchend', 'wheel', 'selectionchange']) doc.addEventListener(name, e => this.heard(name, e), { passive: name !== 'keydown' && name !== 'click' })
    doc.addEventListener('auxclick', e => e.preventDefault()) // a link in a window of its own would be a part without its book
    // In pages only the browser scrolls unasked: to show what has the focus.
    const w = this.frame.contentWindow
    w.addEventListener('scroll', () => {
      if (this.scrolls) return this.heard('scroll')
      const page = Math.round(w.scrollX / this.width)
      if (page !== this.page) { this.turn(page); this.heard('moved') }
    })
  }

  get scrolls() { return this.settings.layout === 'scrolled' && !this.fixed }

  // lay lays the chapter out for the frame's size and the reader's settings.
  lay() {
    const { size = 100, spacing = 1.8, colours } = this.settings
    this.width = this.stage.clientWidth
    this.height = this.stage.clientHeight
    const narrow = this.width < 700, columns = !narrow && this.width > 960 && !this.scrolls ? 2 : 1
    const gap = narrow ? 40 : 72, column = this.width / columns - gap, side = this.scrolls ? Math.max(gap / 2, (this.width - 760) / 2) : columns === 1 ? Math.max(gap / 2, (this.width - 760) / 2) : gap / 2
    const inner = columns === 1 ? this.width - 2 * side : column
    const layout = this.scrolls
      ? `html { overflow: hidden auto !important; } body { padding: 28px ${side}px 60px !important; }`
      : `html { height: ${this.height}px !important; overflow: hidden !important; box-sizing: border-box !important; padding: 28px ${side}px 20px !important; columns: auto ${inner}px !important; column-gap: ${columns === 1 ? 2 * side : gap}px !important; column-fill: auto !important; }
         html::after, body::after { content: ""; display: block; break-before: column; height: 1px; } body { padding: 0 !important; height: auto !important; }`
    this.style.textContent = this.fixed ? this.whole() : `
      html, body { margin: 0 !important; max-width: none !important; min-height: 0 !important; width: auto !important; writing-mode: horizontal-tb !important; position: static !important; }
      html { font-size: ${size}% !important; -webkit-text-size-adjust: 100%; background: ${colours.paper} !important; color: ${colours.ink}; }
      body { line-height: ${spacing} !important; background: none !important; color: ${colours.ink} !important; }
      body *:not(a) { color: inherit !important; } body * { background-color: transparent !important; border-color: currentColor; }
      p, li, dd, dt, blockquote { line-height: ${spacing} !important; }
      a { color: ${colours.accent} !important; }
      img, video, svg { max-width: 100% !important; max-height: ${this.height - 60}px !important; object-fit: contain; break-inside: avoid; height: auto; }
      ::highlight(found) { background: #ffb02e; color: #1f2328; } ::highlight(noted) { background: ${colours.noted}; }
      ${layout}`
    this.measure()
  }

  // whole shows a page that is laid out already as large as it fits.
  whole() {
    const { width, height } = this.fixed, scale = Math.min(this.width / width, this.height / height)
    return `html { overflow: hidden !important; background: ${this.settings.colours.paper}; } body { margin: 0 !important; width: ${width}px !important; height: ${height}px !important; transform-origin: 0 0; transform: translate(${(this.width - width * scale) / 2}px, ${(this.height - height * scale) / 2}px) scale(${scale}); }`
  }

  measure() {
    const root = this.doc.documentElement
    if (this.fixed) this.pages = 1
    else if (this.scrolls) this.pages = Math.max(1, Math.ceil(root.scrollHeight / this.height - .05))
    else {
      const range = this.doc.createRange()
      range.selectNodeContents(this.doc.body)
      const right = Math.max(0, ...[...range.getClientRects()].map(r => r.right)) + this.frame.contentWindow.scrollX
      this.pages = Math.max(1, Math.ceil((right - 2) / this.width))
    }
    this.turn(this.page)
  }

  // relay lays out anew and stays at the place.
  relay() {
    if (!this.doc || !this.stage.clientWidth) return
    const offset = this.offset()
    this.lay()
    this.toOffset(offset)
    this.heard('moved')
  }

  set(settings) {
    const offset = this.doc && this.offset() // before the layout is another
    this.settings = settings
    if (!this.doc) return
    this.lay()
    this.toOffset(offset)
    this.heard('moved')
  }

  turn(page) {
    this.page = Math.max(0, Math.min(this.pages - 1, page))
    const w = this.frame.contentWindow
    if (this.scrolls) w.scrollTo(0, this.page * (this.height - 60))
    else w.scrollTo(this.page * this.width, 0)
  }

  // step moves a page on or back, and reports whether there was one.
  step(by) {
    const w = this.frame.contentWindow
    if (this.scrolls) {
      const before = w.scrollY
      w.scrollTo(0, before + by * (this.height - 60))
      return w.scrollY !== before
    }
    if (this.page + by < 0 || this.page + by >= this.pages) return false
    this.turn(this.page + by)
    return true
  }

  // Places are counted in characters from the chapter's beginning: that does not
  // change with the size of the page.
  texts() {
    if (this.nodes) return this.nodes
    this.nodes = []
    this.length = 0
    const walk = this.doc.createTreeWalker(this.doc.body, NodeFilter.SHOW_TEXT)
    for (let n; (n = walk.nextNode());) if (n.data.trim()) { this.nodes.push({ node: n, from: this.length }); this.length += n.data.length }
    return this.nodes
  }

  rect(node, at) {
    const range = this.doc.createRange()
    range.setStart(node, Math.min(at, node.data.length - 1))
    range.setEnd(node, Math.min(at + 1, node.data.length))
    return range.getBoundingClientRect()
  }

  // offset is the first character that can be seen.
  offset() {
    const seen = r => this.scrolls ? r.bottom > 0 : r.right > 0
    const all = this.texts()
    let low = 0, high = all.length
    while (low < high) { const m = (low + high) >> 1; seen(this.rect(all[m].node, all[m].node.data.length - 1)) ? high = m : low = m + 1 }
    if (low === all.length) return 0
    let { node, from } = all[low], a = 0, z = node.data.length - 1
    while (a < z) { const m = (a + z) >> 1; seen(this.rect(node, m)) ? z = m : a = m + 1 }
    return from + a
  }

  progression() { return this.texts().length ? Math.min(1, this.offset() / this.length) : 0 }

  progressionOf(range) {
    const at = this.texts().find(t => t.node === range.startContainer || range.comparePoint(t.node, 0) >= 0)
    return at ? Math.min(1, (at.from + (at.node === range.startContainer ? range.startOffset : 0)) / this.length) : 0
  }

  toProgression(p) { this.texts(); p >= .9999 ? this.turn(this.pages - 1) : this.toOffset(Math.round(p * this.length)) }

  toOffset(offset) {
    const all = this.texts()
    const at = all.findLast(t => t.from <= offset)
    if (!at || offset <= 0) return this.turn(0)
    this.toRect(this.rect(at.node, offset - at.from))
  }

  toRect(r) {
    const w = this.frame.contentWindow
    if (this.scrolls) w.scrollTo(0, w.scrollY + r.top - 28)
    else this.turn(Math.floor((r.left + w.scrollX + 1) / this.width))
  }

  toAnchor(id) {
    const element = this.doc.getElementById(id)
    if (element) this.toRect((element.getClientRects()[0]) || element.getBoundingClientRect())
    return !!element
  }

  // range finds a text by what stands before and after it, without regard to space.
  range({ text = {}, locations = {} }) {
    const progression = locations.progression || 0
    const letters = [], bare = s => (s || '').replace(/\s+/g, '')
    let all = ''
    for (const { node } of this.texts()) for (let i = 0; i < node.data.length; i++) if (!/\s/.test(node.data[i])) { letters.push([node, i]); all += node.data[i] }
    const [before, wanted, after] = [bare(text.before), bare(text.highlight), bare(text.after)]
    if (!wanted) return null
    // A text may stand there more than once: the nearest counts.
    let at = -1
    for (const [b, a] of [[before, after], [before.slice(-8), after.slice(0, 8)], [before.slice(-8), ''], ['', after.slice(0, 8)], ['', '']]) {
      const near = i => Math.abs(i / all.length - progression)
      for (let i = all.indexOf(b + wanted + a); i >= 0; i = all.indexOf(b + wanted + a, i + 1)) if (at < 0 || near(i + b.length) < near(at)) at = i + b.length
      if (at >= 0) break
    }
    if (at < 0) return null
    const range = this.doc.createRange(), [last, end] = letters[at + wanted.length - 1]
    range.setStart(...letters[at])
    range.setEnd(last, end + 1)
    return range
  }

  toText(place) {
    const range = this.range(place)
    if (!range) return false
    this.paint('found', [range])
    this.toRect(range.getBoundingClientRect())
    return true
  }

  paint(name, ranges) {
    const w = this.frame.contentWindow
    if (w.CSS?.highlights) w.CSS.highlights.set(name, new w.Highlight(...ranges))
  }

  // around returns a range as a place: the text and what stands around it.
  around(range) {
    const before = this.doc.createRange(), after = this.doc.createRange()
    before.selectNodeContents(this.doc.body); before.setEnd(range.startContainer, range.startOffset)
    after.selectNodeContents(this.doc.body); after.setStart(range.endContainer, range.endOffset)
    const one = s => s.replace(/\s+/g, ' ')
    return { before: one(before.toString().slice(-60)).slice(-30), highlight: one(range.toString()).slice(0, 1000), after: one(after.toString().slice(0, 60)).slice(0, 30) }
  }

  // beginning is the text at the place that can be seen.
  beginning() {
    const offset = this.offset(), at = this.texts().findLast(t => t.from <= offset)
    return at ? at.node.data.slice(offset - at.from).trim().slice(0, 60) : ''
  }
}

function picture(url) {
  const doc = document.implementation.createDocument(xhtml, 'html')
  const image = doc.createElementNS(xhtml, 'img')
  image.setAttribute('src', url.href)
  image.setAttribute('style', 'display: block; width: 100%')
  const [head, body] = ['head', 'body'].map(n => doc.createElementNS(xhtml, n))
  body.append(image)
  doc.documentElement.append(head, body)
  return Object.assign(doc, { isPicture: true })
}

function soon(promise, limit) { return Promise.race([promise, new Promise(resolve => setTimeout(resolve, limit))]) }
