// The transcript: by speakers, a line for each segment, loaded part by part. It stands
// in sheets, of which the browser lays out only those that are near
// (content-visibility): a day's meeting has thousands of lines.
import { $, told, make, say } from './base.js'
import { ask } from './api.js'
import { clock } from './text.js'
import { drawn } from './icon.js'
import { painted } from './paint.js'

const most = 60 // lines on a sheet: what is laid out at once
export const lines = [] // of the whole transcript, in the order of time: {segment, element}
const known = new Map() // by the segment's id
let names = new Map(), hues = new Map(), gaps = [], sheet, block, tongue, loading

export const byId = id => known.get(id)
export const done = () => loading

// load reads the transcript from its beginning and shows what comes.
export function load(path, detail) {
  names = new Map(detail.speakers.map(s => [s.id, s.label || say('speaker', s.id.replace(/^s/, ''))]))
  hues = new Map(detail.speakers.map((s, i) => [s.id, i % 6]))
  gaps = [...detail.transcript.gaps || []]
  tongue = detail.transcript.language
  lines.length = 0
  known.clear()
  sheet = block = null
  $('lines').replaceChildren()
  return loading = rest(path)
}

async function rest(path) {
  for (let from = 0, limit = Math.min(200, told.segments); from !== undefined; limit = told.segments) {
    const part = await ask('GET', `${path}/transcript?from=${from}&limit=${limit}`)
    add(part.segments)
    from = part.next
    await new Promise(requestAnimationFrame) // what is there is shown before more comes
  }
  addGaps(Infinity)
  if (!lines.length) $('lines').append(make('p', { className: 'empty', textContent: say('nothing_said') }))
}

function add(segments) {
  for (const s of segments) {
    if (!sheet || sheet.lines >= most) turnOver()
    addGaps(s.start_ms)
    if (block?.speaker !== (s.speaker || '')) begin(s.speaker || '')
    const element = line(s, lines.length)
    block.list.append(element)
    known.set(s.id, lines.length)
    lines.push({ segment: s, element })
    sheet.lines++
    sheet.height += height(s.text)
  }
  if (sheet) measure()
}

// turnOver begins a sheet. Whoever goes on speaking is named there once more.
function turnOver() {
  if (sheet) measure()
  sheet = { element: make('div', { className: 'sheet' }), lines: 0, height: 0 }
  block = null
  $('lines').append(sheet.element)
}

const measure = () => sheet.element.style.setProperty('contain-intrinsic-block-size', `auto ${sheet.height}px`)

// height is about how high a line will be: a sheet that was never laid out takes
// so much room, and what is gone to lies nearly where it will be.
function height(text) {
  const wide = text.replace(/[\u0000-\u2e7f]/g, '').length, room = Math.max(150, $('lines').clientWidth - 120)
  return 10 + 24 * Math.max(1, Math.ceil((15 * wide + 7.5 * (text.length - wide)) / room))
}

// People may name the speakers, but for those who came by a link.
let naming = false
export function letName() { naming = true }

// begin opens what one speaker says.
function begin(speaker) {
  const list = make('ol'), turn = make('section', { className: 'turn' })
  if (speaker) {
    const called = make('bdi', { textContent: names.get(speaker) || speaker })
    const name = naming ? make('button', { type: 'button', className: 'who quiet', tabIndex: -1, title: say('who_is') }, called) : make('span', { className: 'who' }, called)
    name.dataset.speaker = speaker
    turn.append(make('h3', { className: 'hue' + (hues.get(speaker) ?? 0) }, name))
    sheet.height += 36
  }
  turn.append(list)
  sheet.element.append(turn)
  block = { speaker, list }
}

function line(s, i) {
  const at = make('button', { type: 'button', className: 'at quiet', tabIndex: i ? -1 : 0, textContent: clock(s.start_ms), ariaLabel: say('play_from', clock(s.start_ms)) })
  const text = make('p', { dir: 'auto', lang: tongue, textContent: s.text })
  const element = make('li', {}, at, text)
  if (s.suspect && !s.edit?.edits) element.append(make('small', { className: 'suspect', title: say('suspect_why') }, drawn('M12 4l9 16H3zM12 10v4M12 17h.01'), say('suspect')))
  element.dataset.i = i
  return element
}

// paint shows a line's text, with what people highlighted and what was found.
export function paint(i, found = []) {
  const { segment, element } = lines[i]
  element.querySelector('p').replaceChildren(...painted(segment.text, found, lines[i].lit || []))
}

// write gives a line other words, as the API answered.
export function write(i, segment) {
  lines[i].segment = { ...lines[i].segment, ...segment }
  if (!segment.edit) delete lines[i].segment.edit
  paint(i)
  lines[i].element.querySelector('.suspect')?.remove()
}

// beside is where more stands with a line: under its text.
export function beside(i) {
  const { element } = lines[i]
  let place = element.querySelector('.beside')
  if (!place) element.append(place = make('div', { className: 'beside' }))
  return place
}

// addGaps says where nothing could be transcribed, up to a moment.
function addGaps(until) {
  while (gaps.length && gaps[0].start_ms <= until) {
    const g = gaps.shift()
    if (!sheet) turnOver()
    sheet.element.append(make('p', { className: 'gap' }, make('span', { className: 'at', textContent: clock(g.start_ms) }), say('gap', clock(g.end_ms))))
    block = null
  }
}

// indexAt is the line that is said at a moment: the last that has begun; -1 before the
// first.
export function indexAt(ms) {
  let low = 0, high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (lines[middle].segment.start_ms <= ms) low = middle + 1
    else high = middle
  }
  return low - 1
}
