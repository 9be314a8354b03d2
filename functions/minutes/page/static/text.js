// Times as people read them, and texts as they are searched.
import { make, language, say } from './base.js'

// clock is a place in a recording: 12:05, or 1:02:03 after an hour.
export function clock(ms) {
  const s = Math.floor(ms / 1000), two = n => String(n).padStart(2, '0')
  return s < 3600 ? `${two(Math.floor(s / 60))}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

const full = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' })
const hour = new Intl.DateTimeFormat(language, { timeStyle: 'short' })
const near = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const far = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })

// when is a moment in the reader's zone; the whole of it is its title.
export function when(text) {
  const at = new Date(text), now = new Date(), days = Math.round((new Date(now.toDateString()) - new Date(at.toDateString())) / 864e5)
  const short = days === 0 ? say('today', hour.format(at)) : days === 1 ? say('yesterday', hour.format(at)) : at.getFullYear() === now.getFullYear() ? near.format(at) : far.format(at)
  return make('time', { dateTime: text, title: full.format(at), textContent: short })
}

export const moment = text => full.format(new Date(text))

// languageName names a language, and shows an unknown tag as it is.
export function languageName(tag) {
  try { return new Intl.DisplayNames(language, { type: 'language' }).of(tag) } catch { return tag }
}

// folded is a text as the API searches it: full-width and half-width, upper and lower
// case are one.
export const folded = text => text.normalize('NFKC').toLowerCase()

// places are where a folded query stands in a text, as pairs of offsets.
export function places(text, query) {
  if (!query || !folded(text).includes(query)) return []
  let all = ''
  const from = []
  for (let i = 0; i < text.length;) {
    const letter = String.fromCodePoint(text.codePointAt(i)), as = folded(letter)
    for (let n = 0; n < as.length; n++) from.push(i)
    all += as
    i += letter.length
  }
  const found = []
  for (let at = all.indexOf(query); at >= 0; at = all.indexOf(query, at + query.length)) found.push([from[at], from[at + query.length] ?? text.length])
  return found
}

// marked is a text with its places marked.
export function marked(text, found) {
  const inside = []
  let at = 0
  for (const [from, to] of found) {
    inside.push(text.slice(at, from), make('mark', { textContent: text.slice(from, to) }))
    at = to
  }
  return [...inside, text.slice(at)]
}
