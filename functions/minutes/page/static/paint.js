// A line's text with marks in it: the places that were found, and what people
// highlighted.
import { make } from './base.js'

// painted is a text in pieces: each place found is one mark, and highlights lie within
// and around. Both are pairs of offsets; highlights may overlap.
export function painted(text, found, lit) {
  const out = []
  let at = 0
  for (const [from, to] of found) {
    out.push(...lighted(text, at, from, lit), make('mark', {}, ...lighted(text, from, to, lit)))
    at = to
  }
  return [...out, ...lighted(text, at, text.length, lit)]
}

function lighted(text, from, to, lit) {
  const edges = [...new Set([from, to, ...lit.flat().filter(e => e > from && e < to)])].sort((a, b) => a - b), out = []
  for (let i = 0; i + 1 < edges.length; i++) {
    const part = text.slice(edges[i], edges[i + 1])
    out.push(lit.some(([a, b]) => a <= edges[i] && b >= edges[i + 1]) ? make('span', { className: 'lit', textContent: part }) : part)
  }
  return out
}

// The API counts characters; the browser counts halves of those beyond U+FFFF.
export const unitsOf = (text, characters) => [...text].slice(0, characters).join('').length
export const charactersOf = (text, units) => [...text.slice(0, units)].length
