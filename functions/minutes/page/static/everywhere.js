// What was put right in one line is offered for the others, and for the unit's glossary.
import { $, say, why, announce } from './base.js'
import { ask } from './api.js'
import { lines } from './transcript.js'
import { send, take } from './line.js'

const glossary = '/minutes/glossary'

// pair is what was put in place of what, with a neighbour where it is a single
// character: alone that stands in too many words. Null where it is no term.
export function pair(before, after) {
  const a = [...before], b = [...after]
  let from = 0, end = 0
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from++
  while (end < Math.min(a.length, b.length) - from && a.at(-1 - end) === b.at(-1 - end)) end++
  const letter = c => /[\p{L}\p{N}]/u.test(c || ''), latin = c => /[A-Za-z0-9À-ɏ'-]/.test(c || '')
  while (from > 0 && latin(a[from - 1]) && (latin(a[from]) || latin(b[from]))) from--
  while (end > 0 && latin(a[a.length - end]) && (latin(a[a.length - end - 1]) || latin(b[b.length - end - 1]))) end--
  if (a.length - end - from < 2 && end > 0 && letter(a[a.length - end])) end--
  else if (a.length - end - from < 2 && from > 0 && letter(a[from - 1])) from--
  const wrong = a.slice(from, a.length - end).join('').trim(), right = b.slice(from, b.length - end).join('').trim()
  const term = t => t.length > 0 && [...t].length <= 30 && !/[\p{P}\n]/u.test(t)
  return term(wrong) && term(right) && wrong !== right ? { wrong, right } : null
}

const others = () => { const w = $('wrong').value; return w ? lines.map((l, i) => i).filter(i => lines[i].segment.text.includes(w)) : [] }

function count() {
  const n = others().length
  $('everywhere-lines').textContent = say('other_lines', n)
  $('correct-all').disabled = !n
  if (!n) $('correct-all').checked = false
}

// offerEverywhere asks after a line was put right.
export function offerEverywhere(i, before) {
  const found = pair(before, lines[i].segment.text)
  $('everywhere').hidden = !found
  if (!found) return
  $('wrong').value = found.wrong
  $('right').value = found.right
  $('correct-all').checked = $('to-glossary').checked = true
  count()
  announce(say('everywhere'))
}

export function readyForEverywhere() {
  $('wrong').addEventListener('input', count)
  $('everywhere-no').addEventListener('click', () => { $('everywhere').hidden = true })
  $('everywhere').addEventListener('keydown', e => { if (e.key === 'Escape') { e.stopPropagation(); $('everywhere').hidden = true; $('lines').focus() } })
  $('everywhere').addEventListener('submit', async e => {
    e.preventDefault()
    const wrong = $('wrong').value, right = $('right').value.trim()
    if (!wrong || !right) return
    $('everywhere-go').disabled = true
    try {
      if ($('to-glossary').checked) await addTerm(right, [wrong.trim()])
      const all = $('correct-all').checked ? others() : []
      for (const i of all) take(i, await send(lines[i].segment, lines[i].segment.text.replaceAll(wrong, right), lines[i].segment.edit?.edits ?? 0))
      $('everywhere').hidden = true
      announce(say('everywhere_done', all.length))
      $('lines').focus()
    } catch (e) { announce(why(e)); $('everywhere-lines').textContent = why(e) }
    $('everywhere-go').disabled = false
  })
}

// addTerm puts a term into the unit's glossary, whoever else writes to it meanwhile.
export async function addTerm(text, heard) {
  for (let left = 4; ; left--) {
    const { version, terms } = await ask('GET', glossary), known = terms.find(t => t.text === text)
    const next = known ? terms.map(t => t === known ? { ...t, heard: [...new Set([...t.heard || [], ...heard])] } : t) : [...terms, { text, heard }]
    try { return await ask('PUT', glossary, { terms: next }, { headers: { 'If-Match': `"${version}"` } }) } catch (e) { if (e.status !== 412 || !left) throw e }
  }
}
