// What is shown stands in the address: a list with its words and what it is narrowed
// to, a book, or what the reader has.
export const narrowing = ['class', 'language', 'year', 'publisher', 'author', 'subject', 'series', 'format']
const listing = ['q', 'field', 'order', ...narrowing]
const all = [...listing, 'edition', 'view']

const written = (names, at) => new URLSearchParams(names.filter(n => at[n]).map(n => [n, at[n]])).toString()

export function here() {
  const v = new URLSearchParams(location.search)
  return Object.fromEntries(all.map(n => [n, v.get(n) || '']).filter(([, value]) => value))
}

// query is what a list asks of the library.
export const query = at => written(listing, at)

export function to(at) {
  const text = written(all, at)
  return '/library' + (text && '?' + text)
}

// list is the address without the book or the view.
export const list = at => ({ ...at, edition: '', view: '' })

export const editionPath = book => '/library/editions/' + encodeURIComponent(book)
export const readPath = (book, place) => editionPath(book) + '/read' + (place ? '?' + new URLSearchParams({ href: place.href, offset: place.offset, length: place.length }) : '')
