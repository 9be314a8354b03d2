// What people set beside the minutes: highlights, comments and ticks, each at its line
// or sentence.
import { $, told, make, say, why, announce } from './base.js'
import { ask, pathOf, token } from './api.js'
import { lines, byId, indexAt, paint, beside } from './transcript.js'
import { unitsOf, charactersOf } from './paint.js'
import { thread, drafted } from './thread.js'
import { when } from './text.js'
import { drawn } from './icon.js'

const path = pathOf(told.id) + '/notes'
let notes = [], open = new Set()

const lineOf = n => byId(n.spot.segment) ?? Math.max(0, indexAt(n.spot.start_ms))

export async function load() {
  try { ({ notes } = await ask('GET', path)) } catch { return } // the minutes say what is wrong
  draw()
}

// add sets a note; sending it again after a lost answer makes no second one.
export async function add(note, key = token()) {
  const made = await ask('POST', path, note, { headers: { 'Idempotency-Key': key } })
  await load()
  return made
}

// change writes to a note, or deletes it where there is nothing to write.
export async function change(id, body) {
  await ask(body ? 'PATCH' : 'DELETE', `${path}/${id}`, body)
  await load()
}

// draw shows everything where it stands.
export function draw() {
  highlights()
  threads()
  ticks()
}

// highlights paints the lines whose highlights have changed: the others may be marked
// by a search.
function highlights() {
  const lit = new Map()
  for (const n of notes.filter(n => n.spot.segment && !n.deleted && !n.resolved_at && !n.spot.moved)) {
    const first = byId(n.spot.segment), last = byId(n.spot.last)
    for (let i = first; i <= last; i++) {
      const text = lines[i].segment.text, begin = i === first ? unitsOf(text, n.spot.from || 0) : 0, end = i === last ? unitsOf(text, n.spot.to) : text.length
      lit.set(i, [...lit.get(i) || [], [begin, end]])
    }
  }
  lines.forEach((line, i) => {
    if (JSON.stringify(line.lit) === JSON.stringify(lit.get(i))) return
    line.lit = lit.get(i)
    paint(i)
  })
}

// anchor names a place: a line by its segment, or a sentence.
const anchorOf = n => n.spot.point && !n.spot.moved ? 'point ' + n.spot.point : 'line ' + (lines[lineOf(n)]?.segment.id ?? '')

function threads() {
  const by = Map.groupBy(notes.filter(n => n.kind !== 'done'), anchorOf)
  for (const old of document.querySelectorAll('.threads')) if (!old.querySelector('textarea')?.matches(':focus')) old.remove()
  for (const [anchor, all] of by) show(anchor, all)
  for (const anchor of drafted()) if (!by.has(anchor)) show(anchor, [])
}

function placeOf(anchor) {
  const [kind, id] = [anchor.split(' ', 1)[0], anchor.slice(anchor.indexOf(' ') + 1)]
  if (kind === 'line') return byId(id) === undefined ? null : beside(byId(id))
  return $('points').querySelector(`li[data-point="${CSS.escape(id)}"]`)
}

function show(anchor, all) {
  const place = placeOf(anchor)
  if (!place || place.closest('.rows') || place.querySelector(':scope > .threads textarea:focus')) return
  place.querySelector(':scope > .threads')?.remove()
  const tops = all.filter(n => !n.parent), alive = tops.filter(n => !n.resolved_at).length, shown = open.has(anchor) || drafted().includes(anchor)
  const box = make('div', { className: 'threads' })
  if (tops.length) {
    const words = all.filter(n => n.text).length, first = tops.find(n => n.text && !n.resolved_at)
    const b = make('button', { type: 'button', className: 'badge quiet' + (alive ? '' : ' past'), ariaExpanded: String(shown) }, drawn(words ? 'M4 5h16v11H9l-5 4z' : 'M4 20h7M6 15l9-11 4 3-9 11H6z'), say(words ? 'comments' : 'highlighted', words || ''), ...(first && !shown ? [make('span', { className: 'first', dir: 'auto', textContent: first.text })] : []))
    b.onclick = () => { open.has(anchor) ? open.delete(anchor) : open.add(anchor); show(anchor, all) }
    box.append(b)
  }
  if (shown) box.append(...tops.map(n => thread(anchor, n, all.filter(a => a.parent === n.id), acts(anchor))), ...(tops.length && !drafted().includes(anchor) ? [] : [thread(anchor, null, [], acts(anchor))]))
  place.append(box)
}

// acts are what a thread does; it stays open meanwhile.
const acts = anchor => ({
  add(note, key) { open.add(anchor); return add(note.parent ? note : { ...target(anchor), ...note }, key) },
  change(id, body) { open.add(anchor); return change(id, body) },
})

const target = anchor => { const id = anchor.slice(anchor.indexOf(' ') + 1); return anchor.startsWith('point ') ? { point: id } : { segment: id, ...(chosen?.segment === id ? chosen : {}) } }

let chosen = null

// selected is the stretch of the transcript that is selected, as the API names it.
function selected() {
  const s = getSelection()
  if (s.isCollapsed || !s.rangeCount) return null
  const range = s.getRangeAt(0), from = range.startContainer.parentElement?.closest('li[data-i]'), to = range.endContainer.parentElement?.closest('li[data-i]')
  if (!from || !to || !$('lines').contains(from)) return null
  const at = (li, node, offset) => {
    const p = li.querySelector('p'), before = document.createRange()
    if (!p.contains(node)) return null
    before.setStart(p, 0)
    before.setEnd(node, offset)
    return charactersOf(lines[+li.dataset.i].segment.text, before.toString().length)
  }
  const a = at(from, range.startContainer, range.startOffset), b = at(to, range.endContainer, range.endOffset)
  if (a === null || b === null) return null
  return { segment: lines[+from.dataset.i].segment.id, last: lines[+to.dataset.i].segment.id, from: a, to: b }
}

// highlight marks what is selected, else the whole line; once more takes it away.
export async function highlight(i) {
  const place = selected() || { segment: lines[i]?.segment.id }
  const mine = notes.find(n => n.kind === 'highlight' && n.mine && n.spot.segment === place.segment && (place.from === undefined || n.spot.from === place.from || (n.spot.from || 0) <= place.from && n.spot.to >= place.to))
  try {
    if (mine) await change(mine.id)
    else await add({ kind: 'highlight', ...place })
    getSelection().removeAllRanges()
    announce(say(mine ? 'unlit' : 'highlighted', ''))
  } catch (e) { announce(why(e)) }
}

// comment opens a comment on what is selected, else on the line or the sentence.
export function comment(anchor) {
  chosen = anchor.startsWith('line ') ? selected() : null
  if (chosen) anchor = 'line ' + chosen.segment
  open.add(anchor)
  const all = notes.filter(n => n.kind !== 'done' && anchorOf(n) === anchor)
  show(anchor, all)
  const box = placeOf(anchor)?.querySelector(':scope > .threads')
  if (box && all.length) box.append(thread(anchor, null, [], acts(anchor)))
  const fields = box?.querySelectorAll('textarea')
  fields?.[fields.length - 1]?.focus()
}

// ticks are shown at the actions of the summary.
function ticks() {
  for (const item of $('points').querySelectorAll('.part.actions > ul:not(.rows) > li')) {
    const done = notes.find(n => n.kind === 'done' && n.spot.point === item.dataset.point && !n.spot.moved)
    let box = item.querySelector(':scope > .tick')
    if (!box) item.prepend(box = make('input', { type: 'checkbox', className: 'tick', ariaLabel: say('done') }))
    box.checked = !!done
    item.classList.toggle('done', !!done)
    item.querySelector(':scope > .by')?.remove()
    if (done) item.querySelector('p').after(make('small', { className: 'by' }, say('done_by'), ' ', make('bdi', { textContent: done.author || say('somebody') }), ' · ', when(done.at)))
    box.onchange = async () => {
      box.disabled = true
      try { done ? await change(done.id) : await add({ kind: 'done', point: item.dataset.point }) } catch (e) { box.checked = !box.checked; announce(why(e)) }
      box.disabled = false
    }
  }
}
