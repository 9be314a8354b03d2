// Books as lists show them. Titles and names come from files that nobody vouches for:
// they are text with a direction of its own.
import { make, say, listed } from './base.js'
import { to, editionPath, readPath } from './address.js'

export const percent = share => Math.round(100 * share) + '%'

// cover is the book's picture, or one that is drawn where there is none. It says
// nothing that does not stand beside it.
export function cover(e, size = 'thumbnail') {
  const drawn = () => {
    const d = make('span', { className: 'cover drawn hue' + [...e.book].reduce((s, c) => (131 * s + c.charCodeAt(0)) % 65521, 7) % 6 },
      make('b', { dir: 'auto', lang: e.metadata.language || '', textContent: e.metadata.title }), make('i', { dir: 'auto', textContent: names(e.metadata) }))
    d.setAttribute('aria-hidden', 'true')
    return d
  }
  if (!e[size]) return drawn()
  const picture = make('img', { className: 'cover', alt: '', loading: 'lazy', decoding: 'async', src: `${editionPath(e.book)}/${size}` })
  picture.onerror = () => picture.replaceWith(drawn())
  return picture
}

// names are a few of those who made the book, its authors where it has some.
export function names({ contributors = [] }) {
  const authors = contributors.filter(c => c.role === 'aut'), some = authors.length ? authors : contributors
  return listed(some.slice(0, 3).map(c => c.name)) + (some.length > 3 ? ' ' + say('and_others') : '')
}

export const titled = (e, props) => make('a', { dir: 'auto', lang: e.metadata.language || '', textContent: e.metadata.title, ...props })

export function card({ edition: e, places = [] }, at) {
  const m = e.metadata, link = to({ ...at, edition: e.book })
  const picture = make('a', { href: link, className: 'picture', tabIndex: -1 }, cover(e))
  picture.setAttribute('aria-hidden', 'true')
  const facts = [m.publisher, (m.published || '').slice(0, 4), e.format.toUpperCase(), e.classes.at(-1)?.name].filter(Boolean)
  return make('li', {}, picture, make('div', {},
    make('h3', {}, titled(e, { href: link })),
    make('p', { className: 'by', dir: 'auto', textContent: names(m) }),
    make('p', { className: 'facts' }, ...facts.map(f => make('bdi', { textContent: f }))),
    ...(m.summary && !places.length ? [make('p', { className: 'summary', dir: 'auto', textContent: m.summary })] : []),
    ...places.map(p => snippet(e, p))))
}

// snippet is a place in the text: the words are marked, and it leads there.
function snippet(e, place) {
  const letters = Array.from(place.text), part = (from, to) => letters.slice(from, to).join('')
  const inside = []
  let at = 0
  for (const { start, end } of place.marks) {
    inside.push(part(at, start), make('mark', { textContent: part(start, end) }))
    at = end
  }
  return make('p', { className: 'place' }, make('a', { dir: 'auto', href: readPath(e.book, place), title: say('place') }, '…', ...inside, part(at), '…'))
}

// begun is a book that the reader is in, with how far.
export function begun(e, share, more = []) {
  const bar = make('progress', { max: 1, value: share || 0 })
  bar.setAttribute('aria-hidden', 'true')
  const picture = make('a', { href: readPath(e.book), className: 'picture', tabIndex: -1 }, cover(e))
  picture.setAttribute('aria-hidden', 'true')
  return make('li', {}, picture, make('div', {}, make('h3', {}, titled(e, { href: readPath(e.book) })), ...(share === undefined ? [] : [bar, make('small', { textContent: say('progress', percent(share)) })]), ...more))
}
