// The list of books: all of them, or those that were asked for, a page after the other.
import { $, make, say, why, ask, language, announce } from './base.js'
import { query, narrowing, list, editionPath } from './address.js'
import { card, begun } from './card.js'
import { drawKinds, drawChips } from './kinds.js'

const shown = { query: null, next: '', pages: 0 }
let stop = new AbortController()

// A page may hold no book and yet have one after it. So many are asked for at a time.
const fewLooks = 5

// showList shows a list, and as many pages of it as were there before. It is no work
// where it is there already.
export async function showList(at, pages = 1) {
  if (shown.query === query(at)) return
  stop.abort()
  stop = new AbortController()
  Object.assign(shown, { query: query(at), next: '', pages: 0 })
  $('books').replaceChildren()
  $('books').className = at.q ? 'rows' : 'covers'
  $('count').textContent = ''
  $('more').hidden = true
  drawChips(at)
  notice(say('searching'))
  recent(at)
  const counted = ask('GET', '/library/facets?' + query(at), null, stop.signal)
  counted.then(counts => { drawKinds(at, counts); count(at, counts) }).catch(() => {})
  do await more(at); while (shown.pages < pages && shown.next)
}

// describe puts what the address says into the form and the heading.
export function describe(at) {
  $('query').value = at.q || ''
  $('field').value = at.field || ''
  $('order').value = at.order || ''
  $('ordered').hidden = !!at.q && (!at.field || at.field === 'fulltext') // texts know one order
  $('heading').textContent = at.q ? say('found_for', at.q) : narrowing.some(n => at[n]) ? say('some') : say('all')
}

function count(at, { counted, more }) {
  const inTexts = at.q && (!at.field || at.field === 'fulltext'), key = more ? 'count_over' : inTexts && counted > 20 ? 'count_few' : counted === 1 ? 'count_one' : 'count'
  $('count').textContent = counted ? say(key, counted.toLocaleString(language)) : ''
}

function notice(text, ...inside) {
  $('notice').replaceChildren(...(text ? [make('p', { textContent: text }), ...inside] : []))
}

// more adds the next page.
export async function more(at) {
  const { signal } = stop, asked = query(list(at))
  $('more').disabled = true
  try {
    let answer, added = [], looks = 0
    do {
      answer = await ask('GET', `/library/editions?${asked}&limit=24&places=2${shown.next && '&after=' + encodeURIComponent(shown.next)}`, null, signal)
      shown.next = answer.next
      added = answer.editions.map(hit => card(hit, at))
    } while (!added.length && shown.next && ++looks < fewLooks)
    shown.pages++
    $('books').append(...added)
    if (answer.too_short) notice(say('too_short') + ($('books').children.length ? ' ' + say('found_by') : ''))
    else if ($('books').children.length || shown.next) notice('')
    else notice(say('none'), make('p', { textContent: say('try') }), make('a', { href: '/library', className: 'wide', textContent: say('clear') }))
    return added[0]
  } catch (e) {
    if (signal.aborted) return
    shown.query = null
    const again = make('button', { type: 'button', className: 'wide', textContent: say('again') })
    again.onclick = () => showList(at)
    notice(why(e), again)
  } finally {
    if (!signal.aborted) {
      $('more').hidden = !shown.next || shown.query === null
      $('more').disabled = false
    }
  }
}

// onMore shows the next page and goes to its first book.
export async function onMore(at) {
  const first = await more(at)
  first?.querySelector('h3 a').focus()
  announce($('count').textContent)
  return shown.pages
}

// forget has the next list be asked for, even where it is the same.
export const forget = () => { shown.query = null }

// editions are several books; those that are gone are left out.
export async function editions(books) {
  const all = await Promise.all(books.map(b => ask('GET', editionPath(b)).catch(() => null)))
  return new Map(all.filter(Boolean).map(e => [e.book, e]))
}

// recent shows where the reader was, above all books and nowhere else.
async function recent(at) {
  $('recent').hidden = true
  if (query(at)) return
  try {
    const { recent } = await ask('GET', '/library/reading', null, stop.signal), some = recent.slice(0, 6)
    const known = await editions(some.map(r => r.edition))
    $('recent').querySelector('ul').replaceChildren(...some.filter(r => known.has(r.edition)).map(r => begun(known.get(r.edition), r.total)))
    $('recent').hidden = !known.size || !!query(at) || shown.query !== ''
  } catch { /* the list is there without it */ }
}
