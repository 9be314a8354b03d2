// How two summaries differ, as people see it.
import { make, say } from './base.js'
import { changes } from './document.js'
import { order } from './summary.js'

const widest = 400_000 // pairs of words that are compared; longer texts are shown as two

const words = text => text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+|\s+|./gsu) || []

// difference is a text with what was taken out and what was put in.
export function difference(a, b) {
  const from = words(a), to = words(b)
  if (from.length * to.length > widest) return [make('del', { textContent: a }), ' ', make('ins', { textContent: b })]
  const out = [], put = (kind, text) => { if (out.at(-1)?.kind === kind) out.at(-1).text += text; else out.push({ kind, text }) }
  const best = longest(from, to)
  let i = 0, j = 0
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) { put('', from[i++]); j++ } else if (i < from.length && (j === to.length || best[i + 1][j] >= best[i][j + 1])) put('del', from[i++])
    else put('ins', to[j++])
  }
  return out.map(({ kind, text }) => kind ? make(kind, { textContent: text }) : text)
}

// longest holds at [i][j] how many words the rests from i and from j have in common, in
// order.
function longest(from, to) {
  const best = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1))
  for (let i = from.length - 1; i >= 0; i--) for (let j = to.length - 1; j >= 0; j--) best[i][j] = from[i] === to[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1])
  return best
}

// drawChanges shows what was changed, added and removed from one summary to another.
export function drawChanges(a, b) {
  const all = changes(a, b)
  if (!all.length) return [make('p', { className: 'empty', textContent: say('no_difference') })]
  return order.filter(list => all.some(c => c.list === list)).map(list => make('section', { className: 'part' }, make('h3', { textContent: say('list_' + list) }),
    make('ul', { className: 'changes' }, ...all.filter(c => c.list === list).map(one))))
}

function one({ a, b }) {
  const kind = a && b ? 'changed' : a ? 'removed' : 'added'
  const inside = a && b ? difference(a.text, b.text) : [make(a ? 'del' : 'ins', { textContent: (a || b).text })]
  return make('li', { className: kind }, make('small', { textContent: say(kind) }), make('p', { dir: 'auto' }, ...inside))
}
