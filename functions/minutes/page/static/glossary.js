// The unit's terms: how it writes names and words, and what engines make of them.
import { $, make, say, why, announce } from './base.js'
import { ask } from './api.js'
import { drawn } from './icon.js'

const path = '/minutes/glossary'
let terms = [], version = 0

export function readyForGlossary() {
  $('glossary-open').addEventListener('click', open)
  $('glossary-close').addEventListener('click', () => $('glossary').close())
  $('term-form').addEventListener('submit', e => { e.preventDefault(); add([[$('term').value, ...$('term-heard').value.split(/[,，、;；]/)]]) })
  $('term').addEventListener('paste', e => { // a table, or lines of a CSV file
    const text = e.clipboardData.getData('text')
    if (!/[\n\t]/.test(text.trim())) return
    e.preventDefault()
    add(rows(text))
  })
}

// rows are the lines of a table or of a CSV file: a term, then what is heard for it.
export function rows(text) {
  return text.split(/\r?\n/).map(line => {
    const cells = line.includes('\t') ? line.split('\t').map(c => c.replace(/^"(.*)"$/, '$1')) : [...line.matchAll(/(?:^|[,，])(?:"((?:[^"]|"")*)"|([^,，]*))/g)].map(m => m[1]?.replaceAll('""', '"') ?? m[2])
    return cells.flatMap((c, i) => i ? c.split(/[、;；]/) : [c])
  }).filter(cells => cells[0]?.trim())
}

async function open() {
  problem('')
  try {
    take(await ask('GET', path))
    $('glossary').showModal()
    $('term').focus()
  } catch (e) { announce(why(e)) }
}

function take(answer) {
  ({ terms, version } = answer)
  $('glossary-count').textContent = say('term_count', terms.length)
  $('terms').replaceChildren(...terms.map((t, i) => {
    const out = make('button', { type: 'button', className: 'quiet', ariaLabel: say('remove_term', t.text), title: say('remove_term', t.text) })
    out.append(drawn('M6 6l12 12M18 6L6 18'))
    out.onclick = () => write(terms.filter(o => o !== t), () => $('terms').children[Math.min(i, terms.length - 1)]?.querySelector('button').focus())
    return make('li', {}, make('b', { dir: 'auto', textContent: t.text }), make('span', { dir: 'auto', textContent: (t.heard || []).join('、') }), out)
  }))
}

function problem(text) {
  $('glossary-problem').textContent = text
  $('glossary-problem').hidden = !text
}

// write replaces the terms. Where somebody else wrote meanwhile, theirs are shown and
// what was typed stays in the fields.
async function write(next, then) {
  problem('')
  try {
    take(await ask('PUT', path, { terms: next }, { headers: { 'If-Match': `"${version}"` } }))
    then()
  } catch (e) {
    problem(why(e))
    if (e.status === 412) take(await ask('GET', path))
  }
}

function add(all) {
  const next = terms.map(t => ({ ...t, heard: [...t.heard || []] }))
  for (const [text, ...heard] of all.map(cells => cells.map(c => c.trim()).filter((c, i) => c || !i))) {
    if (!text) continue
    const known = next.find(t => t.text === text)
    if (known) known.heard = [...new Set([...known.heard, ...heard])]
    else next.unshift({ text, heard })
  }
  write(next, () => { $('term').value = $('term-heard').value = ''; $('term').focus() })
}
