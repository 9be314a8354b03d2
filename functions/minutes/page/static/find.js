// Words are looked for in the transcript: all places are marked, and one after the
// other is gone to.
import { $, say } from './base.js'
import { lines, done, paint } from './transcript.js'
import { folded, places } from './text.js'
import { see, stray } from './follow.js'

let hits = [], at = -1, shown = ''

const texts = new WeakMap() // folded, by segment: they are searched at every letter
const textOf = s => texts.get(s) ?? (texts.set(s, folded(s.text)), texts.get(s))

// look marks every place of what stands in the field.
export function look() {
  const query = folded($('sought').value.trim())
  if (query === shown) return
  for (const i of new Set(hits.map(h => h.line))) restore(i)
  hits = []
  shown = query
  at = -1
  if (query) lines.forEach(({ segment }, line) => {
    if (!textOf(segment).includes(query)) return
    const found = places(segment.text, query), p = lines[line].element.querySelector('p')
    paint(line, found)
    for (const m of p.querySelectorAll('mark')) hits.push({ line, mark: m })
  })
  tell()
}

// lookAgain is for a transcript of which more has come.
export function lookAgain() { shown = ''; look() }

function restore(i) { if (lines[i]) paint(i) }

function tell() {
  $('hits').textContent = !shown ? '' : hits.length ? say('hit', at + 1, hits.length) : say('none')
  $('find-back').disabled = $('find-on').disabled = !hits.length
}

// go goes to the next place, or to the one before.
export function go(step) {
  look()
  if (!hits.length) return
  hits[at]?.mark.classList.remove('here')
  at = at < 0 ? first(step) : (at + step + hits.length) % hits.length
  hits[at].mark.classList.add('here')
  tell()
  stray()
  see(hits[at].mark)
}

// first is the first place from what is in view on. Sheets are asked where they are,
// because their lines may not be laid out.
function first(step) {
  const top = $('lines').getBoundingClientRect().top
  const next = hits.findIndex(h => lines[h.line].element.closest('.sheet').getBoundingClientRect().bottom > top)
  if (next < 0) return step > 0 ? 0 : hits.length - 1
  return step > 0 ? next : (next - 1 + hits.length) % hits.length
}

// find looks for words that were looked for in the list, and goes to the line given.
export async function find(words, line) {
  $('sought').value = words
  await done()
  lookAgain()
  at = Math.max(0, hits.findIndex(h => h.line >= line)) - 1
  go(1)
}

export function clear() {
  $('sought').value = ''
  look()
}

export function readyToFind() {
  let soon
  $('sought').addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(look, 120) })
  $('find').addEventListener('submit', e => { e.preventDefault(); clearTimeout(soon); go(1) })
  $('find-back').addEventListener('click', () => go(-1))
  $('sought').addEventListener('keydown', e => {
    if (e.key === 'Enter' && e.shiftKey) { e.preventDefault(); go(-1) }
    if (e.key === 'Escape') { e.stopPropagation(); clear(); $('lines').focus() }
  })
  tell()
}
