// How two summaries differ, as people see it.
import { make, say } from './base.js'
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

// drawChanges shows two summaries side by side, as the API compared them: what was
// changed, added and removed, and how much is the same.
export function drawChanges(sentences) {
  const all = sentences.filter(s => s.change !== 'kept'), same = sentences.length - all.length
  if (!all.length) return [make('p', { className: 'empty', textContent: say('no_difference') })]
  return [...order.filter(list => all.some(s => s.list === list)).map(list => make('section', { className: 'part' }, make('h3', { textContent: say('list_' + list) }),
    make('ul', { className: 'changes' }, ...all.filter(s => s.list === list).map(one)))), ...(same ? [make('p', { className: 'same', textContent: say('same_rest', same) })] : [])]
}

// one sentence: before on the left, after on the right.
function one({ change: kind, a, b }) {
  const inside = a && b ? difference(a.text, b.text) : [make(a ? 'del' : 'ins', { textContent: (a || b).text })], is = name => n => n.nodeName !== name
  const before = inside.filter(is('INS')), after = inside.filter(is('DEL')).map(n => n.cloneNode?.(true) ?? n)
  return make('li', { className: kind }, make('small', { textContent: say(kind) }), make('p', { dir: 'auto' }, ...(a ? before : [])), make('p', { dir: 'auto' }, ...(b ? after : [])))
}
