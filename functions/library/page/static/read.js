// The reading page: opens a book, turns its pages, and remembers where the reader is.
import { $, told, say, why, make, ask as request, announce, recall, remember, systemTheme } from './base.js'
import { Frame } from './frame.js'

const { edition } = told
const ask = (method, path, body) => request(method, `/library/editions/${edition}/${path}`, body)
const fresh = () => crypto.getRandomValues(new Uint32Array(4)).reduce((s, n) => s + n.toString(16).padStart(8, '0'), '')

// The book: its parts in order, and how many positions each has.
const book = { parts: [], toc: [], marks: [], at: 0, history: [] }
let frame
const settings = { size: 100, spacing: '1.8', theme: systemTheme(), layout: 'paged', pdf: navigator.pdfViewerEnabled ? 'original' : 'text', ...recall() }

function notice(text, ...more) {
  $('notice').hidden = !text
  $('notice').replaceChildren(text || '', ...more)
}

async function open() {
  try {
    const o = await ask('GET', 'open')
    book.base = new URL(o.base, location).href
    book.expires = new Date(o.expires)
    const [manifest, positions] = await Promise.all(['manifest.json', 'positions.json'].map(n => fetch(book.base + n).then(r => r.json())))
    book.title = manifest.metadata.title
    book.rtl = manifest.metadata.readingProgression === 'rtl'
    book.pdf = o.format === 'pdf'
    book.parts = book.pdf ? positions.positions.map(p => ({ href: pdfPart(p.locations.fragments[0]), title: say('page', p.locations.position), weight: 1 })) : manifest.readingOrder.map(l => ({ ...l, weight: 0 }))
    if (!book.pdf) for (const p of positions.positions) { const part = book.parts.find(x => x.href === p.href); if (part) part.weight++ }
    book.total = book.parts.reduce((sum, p) => sum + (p.before = sum, p.weight), 0) || 1
    book.toc = manifest.toc || []
    nameParts(book.toc)
    document.title = $('title').textContent = book.title
    frame = new Frame($('stage'), say('text'), heard)
    apply()
    const linked = await named(), left = o.position?.locator
    if (linked && left) book.history.push(left)
    await go(linked || left || { href: book.parts[0].href })
    book.marks = (await ask('GET', 'marks')).marks
    paintMarks()
    shown()
  } catch (e) {
    if (e.code === 'loan_needed') {
      const button = make('button', { type: 'button', className: 'main', textContent: say('borrow') })
      button.onclick = async () => { try { await ask('POST', 'loan'); notice(say('loading')); open() } catch (x) { notice(x.message) } }
      return notice(e.message, button)
    }
    notice(why(e))
  }
}

// named is the place that the page's address names. It counts once: whoever loads the
// page again wants to go on where they were.
async function named() {
  if (!new URLSearchParams(location.search).get('href')) return null
  const place = await ask('GET', 'place' + location.search).catch(() => null)
  history.replaceState(null, '', location.pathname)
  return place
}

const pdfPart = fragment => '%23' + fragment
const bare = href => href.split('#')[0]

// nameParts gives parts without a title that of the heading which leads to them.
function nameParts(list) {
  for (const h of list) {
    const part = partOf(h.href)
    if (part && (!part.title || book.pdf)) part.title = h.title
    nameParts(h.children || [])
  }
}

function partOf(href) {
  if (book.pdf) return book.parts[pageOf(href) - 1]
  return book.parts.find(p => p.href === bare(href))
}

// pageOf is the page that an address or a place in a PDF names.
const pageOf = href => +(/page=(\d+)/.exec(href)?.[1] || 0)

// go shows a place: a locator, or an address with a fragment. One after the other.
let last = Promise.resolve(), waiting = 0
function go(place) {
  waiting++
  last = last.then(() => show(place)).catch(e => notice(why(e))).finally(() => waiting--)
  return last
}

async function show(place, again) {
  const href = book.pdf && place.locations?.fragments ? place.locations.fragments[0] : place.href
  const part = partOf(href) || book.parts[0], index = book.parts.indexOf(part)
  if (book.pdf && settings.pdf === 'original') return original(index)
  if (index !== book.shown || !frame.doc) {
    const slow = setTimeout(() => notice(say('loading')), 400)
    book.at = index
    try {
      await frame.show(book.base, part.href)
    } catch (e) {
      if (e.status !== 403 || again) throw e
      book.base = new URL((await ask('GET', 'open')).base, location).href // the address held no longer
      return show(place, true)
    } finally {
      clearTimeout(slow)
    }
    book.shown = index
  }
  book.at = index
  notice('')
  const anchor = !book.pdf && decodeURIComponent(href.split('#')[1] || '')
  if (!(place.text?.highlight && frame.toText(place)) && !(anchor && frame.toAnchor(anchor))) {
    if (place.end) frame.turn(frame.pages - 1)
    else frame.toProgression(place.locations?.progression || 0)
  }
  if (place.end && frame.scrolls) frame.toProgression(1)
  paintMarks()
  moved()
}

// original shows a page of a PDF as the browser does: nothing of ours can see into it.
function original(index) {
  book.at = index
  book.shown = undefined
  notice('')
  const view = make('iframe', { title: say('text'), src: `${book.base}book.pdf#page=${index + 1}&view=FitH` })
  $('stage').querySelector('iframe')?.remove()
  frame.doc = frame.frame = null
  $('stage').append(view)
  moved()
}

async function turn(by) {
  if (!book.parts.length || waiting) return
  if (frame.doc && frame.step(by)) return moved()
  const next = book.at + by
  if (next < 0 || next >= book.parts.length) return announce(say(by > 0 ? 'at_end' : 'at_start'))
  await go({ href: book.pdf ? 'page=' + (next + 1) : book.parts[next].href, end: by < 0 })
}

// here is the place that can be seen, as a locator.
function here() {
  const part = book.parts[book.at], progression = frame.doc ? Math.round(frame.progression() * 1e6) / 1e6 : 0
  const l = { href: part.href, type: part.type || 'application/xhtml+xml', title: part.title, locations: { progression, totalProgression: Math.min(1, (part.before + progression * part.weight) / book.total) } }
  if (book.pdf) Object.assign(l, { href: 'book.pdf', type: 'application/pdf' }).locations.fragments = ['page=' + (book.at + 1)]
  return l
}

let saving
function moved() {
  shown()
  clearTimeout(saving)
  saving = setTimeout(save, 800)
}

function save() {
  clearTimeout(saving)
  saving = null
  if (book.parts.length && book.base && (frame.doc || book.pdf)) ask('PUT', 'position', { id: fresh(), at: new Date().toISOString(), device: 'web', locator: here() }).catch(() => {})
}

// shown says where the reader is.
function shown() {
  if (!frame?.doc && !book.pdf) return
  const l = here(), share = frame.doc && !frame.scrolls && frame.pages > 1 && frame.page === frame.pages - 1 && book.at === book.parts.length - 1 ? 1 : l.locations.totalProgression
  $('percent').textContent = Math.round(share * 100) + '%'
  $('progress').value = Math.round(share * 1000)
  $('progress').setAttribute('aria-valuetext', $('percent').textContent)
  const rest = frame.doc && !frame.scrolls ? frame.pages - 1 - frame.page : -1
  const counted = book.pdf || !l.title
  $('where').textContent = counted ? `${book.at + 1} / ${book.parts.length}` : l.title
  $('rest').textContent = counted ? '' : rest > 0 ? say('left', rest) : rest === 0 && frame.pages > 1 ? say('last') : ''
  $('back').hidden = !book.history.length
  $('bookmark').setAttribute('aria-pressed', String(!!bookmarkHere()))
}

// What the frame, the keyboard and fingers say.
const touch = {}
function heard(name, e) {
  if (name === 'keydown') return key(e)
  if (name === 'moved') return moved()
  if (name === 'scroll') { shown(); clearTimeout(saving); saving = setTimeout(save, 800); return }
  if (name === 'selectionchange') { $('mark-selection').hidden = !frame.doc?.getSelection()?.toString().trim(); return }
  if (name === 'touchstart') return Object.assign(touch, { x: e.changedTouches[0].clientX, y: e.changedTouches[0].clientY, moved: false })
  if (name === 'touchend') return swipe(e.changedTouches[0])
  if (name === 'wheel') return wheel(e)
  if (name === 'click') return click(e)
}

function swipe({ clientX, clientY }) {
  const dx = clientX - touch.x, dy = clientY - touch.y
  touch.moved = Math.hypot(dx, dy) > 10
  if (!frame.scrolls && Math.abs(dx) > 40 && Math.abs(dx) > 1.5 * Math.abs(dy)) turn((dx < 0) !== !!book.rtl ? 1 : -1)
}

let rolled = 0
function wheel(e) {
  if (frame.scrolls || Date.now() - rolled < 250 || Math.abs(e.deltaY) < 10) return
  rolled = Date.now()
  turn(e.deltaY > 0 ? 1 : -1)
}

function click(e) {
  const link = e.target.closest?.('a[href]')
  if (link) {
    e.preventDefault()
    const to = new URL(link.getAttribute('href'), link.baseURI).href
    if (!to.startsWith(book.base)) return
    book.history.push(here())
    return go({ href: to.slice(book.base.length) })
  }
  if (!$('panel').hidden) return hide()
  if (frame.scrolls || touch.moved || frame.doc.getSelection()?.toString()) return
  const x = e.clientX / $('stage').clientWidth
  if (innerWidth <= 760 && (x < .3 || x > .7)) turn((x > .5) !== !!book.rtl ? 1 : -1)
}

function key(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches?.('input:not([type=range]):not([type=radio]), textarea') && e.key !== 'Escape') return
  const away = e.target.matches?.('button, input, a') && e.target.ownerDocument === document
  const ahead = book.rtl ? -1 : 1
  const act = {
    ArrowRight: () => turn(ahead), ArrowLeft: () => turn(-ahead), PageDown: () => turn(1), PageUp: () => turn(-1), ' ': () => turn(e.shiftKey ? -1 : 1),
    t: () => toggle('contents'), '/': () => toggle('search'), b: bookmark, '+': () => resize(10), '=': () => resize(10), '-': () => resize(-10), Escape: hide,
  }[e.key.length === 1 ? e.key.toLowerCase() : e.key]
  if (!act || away && (e.key === ' ' || e.key.startsWith('Arrow') && e.target.matches('input'))) return
  e.preventDefault()
  act()
}

// Panels.
let asked
function toggle(name, e) {
  if (!$('panel').hidden && !$(name).hidden) return hide()
  if (name === 'contents') listContents()
  if (name === 'marks') listMarks()
  for (const pane of ['contents', 'marks', 'search', 'settings']) { $(pane).hidden = pane !== name; $('show-' + pane).setAttribute('aria-expanded', String(pane === name)) }
  $('panel-title').textContent = say(name)
  $('panel').className = name === 'settings' ? 'right bottom' : name === 'search' ? 'right' : ''
  if ($('panel').hidden) asked = e?.detail ? null : document.activeElement // who clicked goes on with the keys in the book
  $('panel').hidden = false
  const first = name === 'search' ? $('query') : $(name).querySelector('[aria-current=true]') || $('panel')
  first.focus()
  first.scrollIntoView?.({ block: 'center' })
}

function hide() {
  if ($('panel').hidden) return
  $('panel').hidden = true
  for (const pane of ['contents', 'marks', 'search', 'settings']) $('show-' + pane).setAttribute('aria-expanded', 'false')
  ;(asked?.isConnected && asked !== document.body ? asked : $('book')).focus()
}

function leap(place) {
  book.history.push(here())
  hide()
  $('book').focus()
  go(place)
}

function listContents() {
  let current
  for (const h of flat(book.toc)) { const p = partOf(h.href); if (p && book.parts.indexOf(p) <= book.at) current = p === partOf(current?.href || '') ? current : h }
  const list = all => make('ol', {}, ...all.map(h => {
    const to = make('button', { type: 'button', className: 'to', textContent: h.title })
    if (h === current) to.setAttribute('aria-current', 'true')
    to.onclick = () => leap({ href: h.href })
    return make('li', {}, to, ...(h.children?.length ? [list(h.children)] : []))
  }))
  $('contents').replaceChildren(book.toc.length ? list(book.toc) : make('p', { textContent: say('no_contents') }))
}

const flat = list => list.flatMap(h => [h, ...flat(h.children || [])])

$('search-form').addEventListener('submit', async e => {
  e.preventDefault()
  const query = $('query').value.trim()
  if (!query) return
  $('result').textContent = say('searching')
  $('found').replaceChildren()
  try {
    const { locators, more } = await ask('GET', 'inside?limit=200&q=' + encodeURIComponent(query))
    $('result').textContent = locators.length ? say(more ? 'more' : 'found', locators.length) : say('none')
    $('found').replaceChildren(...locators.map(l => {
      const to = make('button', { type: 'button', className: 'to' }, make('small', { textContent: partOf(book.pdf ? l.locations.fragments[0] : l.href)?.title || '' }),
        '…' + (l.text.before || ''), make('mark', { textContent: l.text.highlight }), (l.text.after || '') + '…')
      to.onclick = () => leap(l)
      return make('li', {}, to)
    }))
  } catch (x) { $('result').textContent = x.message }
})

// Marks.
const sameHref = (l, m) => l.href === m.href && String(l.locations.fragments) === String(m.locations.fragments)
function bookmarkHere() {
  if (!frame?.doc && !book.pdf) return null
  const l = here()
  return book.marks.find(m => {
    if (m.kind !== 'bookmark' || !sameHref(l, m.locator)) return false
    if (!frame.doc) return true
    const offset = Math.round(m.locator.locations.progression * frame.length), seen = frame.offset()
    return Math.abs(offset - seen) <= 2
  })
}

async function bookmark() {
  const there = bookmarkHere()
  if (there) return remove(there)
  const l = here()
  l.text = { highlight: frame.doc ? frame.beginning() : '' }
  await keep({ id: fresh(), kind: 'bookmark', at: new Date().toISOString(), locator: l }, say('bookmarked'))
}

async function keep(mark, said) {
  try {
    await ask('PUT', 'marks/' + mark.id, mark)
    book.marks.push(mark)
    announce(said)
  } catch (e) { announce(e.message) }
  paintMarks()
  shown()
}

async function remove(mark) {
  try {
    await ask('DELETE', 'marks/' + mark.id)
    book.marks = book.marks.filter(m => m !== mark)
    announce(say('unmarked'))
  } catch (e) { announce(e.message) }
  paintMarks()
  shown()
}

function paintMarks() {
  if (!frame.doc) return
  const part = book.parts[book.at]
  frame.paint('noted', book.marks.filter(m => m.kind !== 'bookmark' && m.locator.href === part.href).map(m => frame.range(m.locator)).filter(Boolean))
}

function listMarks() {
  const all = [...book.marks].sort((a, b) => a.locator.locations.totalProgression - b.locator.locations.totalProgression)
  $('marks').replaceChildren(all.length ? make('ul', {}, ...all.map(m => {
    const to = make('button', { type: 'button', className: 'to' }, make('small', { textContent: `${say(m.kind === 'bookmark' ? 'bookmark' : 'highlight')} · ${m.locator.title || ''} · ${Math.round(m.locator.locations.totalProgression * 100)}%` }),
      m.locator.text?.highlight || m.locator.title || '', ...(m.note ? [make('span', { className: 'note', textContent: '✎ ' + m.note })] : []))
    to.onclick = () => leap(m.kind === 'bookmark' ? { ...m.locator, text: undefined } : m.locator)
    const gone = make('button', { type: 'button', className: 'delete', textContent: say('delete') })
    gone.onclick = async () => { await remove(m); listMarks() }
    return make('li', {}, to, gone)
  })) : make('p', { textContent: say('no_marks') }))
}

let selected
$('mark-selection').onclick = () => {
  const selection = frame.doc.getSelection()
  if (!selection.rangeCount) return
  const range = selection.getRangeAt(0)
  selected = here()
  selected.locations.progression = Math.round(frame.progressionOf(range) * 1e6) / 1e6
  selected.text = frame.around(range)
  $('quoted').textContent = selected.text.highlight
  $('words').value = ''
  $('note').returnValue = ''
  $('note').showModal()
}
$('note').addEventListener('close', () => {
  if ($('note').returnValue !== 'save') return
  const note = $('words').value.trim()
  frame.doc.getSelection().removeAllRanges()
  keep({ id: fresh(), kind: note ? 'note' : 'highlight', at: new Date().toISOString(), note, locator: selected }, say('saved'))
})

// Settings.
function apply() {
  document.documentElement.dataset.theme = settings.theme
  const style = getComputedStyle(document.documentElement), colour = name => style.getPropertyValue('--' + name).trim()
  $('size').textContent = settings.size + '%'
  for (const name of ['spacing', 'theme', 'layout', 'pdf']) for (const input of document.getElementsByName(name)) input.checked = input.value === settings[name]
  $('pdf').hidden = !book.pdf
  $('layouts').hidden = book.pdf && settings.pdf === 'original'
  frame?.set({ ...settings, colours: { paper: colour('paper'), ink: colour('ink'), accent: colour('accent'), noted: settings.theme === 'dark' ? '#6b5a1e' : '#ffe58a' } })
  remember(settings)
}

function resize(by) { settings.size = Math.max(70, Math.min(250, settings.size + by)); apply() }

document.addEventListener('change', e => {
  if (!['spacing', 'theme', 'layout', 'pdf'].includes(e.target.name)) return
  settings[e.target.name] = e.target.value
  const l = book.parts.length && here()
  apply()
  if (e.target.name === 'pdf' && l) { book.shown = undefined; go(l) } // the same page in its other form
})

$('smaller').onclick = () => resize(-10)
$('larger').onclick = () => resize(10)
$('next').onclick = () => turn(book.rtl ? -1 : 1)
$('previous').onclick = () => turn(book.rtl ? 1 : -1)
$('close').onclick = hide
$('bookmark').onclick = bookmark
$('back').onclick = () => { const l = book.history.pop(); if (l) go(l) }
for (const name of ['contents', 'marks', 'search', 'settings']) $('show-' + name).onclick = e => toggle(name, e)
$('progress').addEventListener('change', e => {
  const wanted = e.target.value / 1000 * book.total, part = book.parts.findLast(p => p.before <= wanted) || book.parts[0]
  book.history.push(here())
  go({ href: book.pdf ? 'page=' + (book.parts.indexOf(part) + 1) : part.href, locations: { progression: part.weight ? Math.min(1, (wanted - part.before) / part.weight) : 0 } })
})
document.addEventListener('keydown', key)
document.addEventListener('visibilitychange', () => { if (document.hidden && saving) save() })
addEventListener('pagehide', () => { if (saving) save() })

// How long the book is open and seen, told now and then.
const session = { id: fresh(), seconds: 0 }
setInterval(() => { if (!document.hidden && book.parts.length) session.seconds += 5 }, 5000)
setInterval(() => { if (session.seconds !== session.told && book.base) ask('PUT', 'sessions/' + session.id, { seconds: session.told = Math.min(session.seconds, 43200) }).catch(() => {}) }, 30000)

open()
