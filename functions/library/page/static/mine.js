// What a reader has: books that are borrowed, and books that are begun.
import { $, make, say, why, ask, language } from './base.js'
import { editionPath } from './address.js'
import { editions } from './list.js'
import { begun } from './card.js'

const day = text => new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(text))
const heading = (key, id) => make('h2', { id: id || '', tabIndex: -1, textContent: say(key) })

export async function showMine() {
  $('mine').replaceChildren(make('h2', { id: 'mine-title', tabIndex: -1, textContent: say('mine') }), make('p', { className: 'quiet', textContent: say('searching') }))
  try {
    const [{ loans }, { recent, days }] = await Promise.all([ask('GET', '/library/loans'), ask('GET', '/library/reading')])
    const known = await editions([...new Set([...loans, ...recent].map(l => l.edition))])
    const share = new Map(recent.map(r => [r.edition, r.total])), minutes = days.reduce((s, d) => s + d.minutes, 0)
    $('mine').replaceChildren(make('h2', { id: 'mine-title', tabIndex: -1, textContent: say('mine') }),
      ...(minutes ? [make('p', { className: 'quiet', textContent: say('reading_time', minutes.toLocaleString(language)) })] : []),
      heading('loans'), books(loans.filter(l => known.has(l.edition)).map(l => borrowed(known.get(l.edition), l, share.get(l.edition))), 'no_loans'),
      heading('recent'), books(recent.filter(r => known.has(r.edition)).map(r => begun(known.get(r.edition), r.total)), 'no_recent'))
  } catch (x) {
    $('mine').replaceChildren(make('h2', { id: 'mine-title', tabIndex: -1, textContent: why(x) }))
  }
}

const books = (items, none) => items.length ? make('ul', { className: 'begun' }, ...items) : make('p', { className: 'quiet', textContent: say(none) })

function borrowed(e, loan, share) {
  const back = make('button', { type: 'button', className: 'rest', textContent: say('return') })
  back.setAttribute('aria-label', `${say('return')} ${e.metadata.title}`)
  back.onclick = async () => {
    try {
      await ask('DELETE', editionPath(e.book) + '/loan')
      await showMine()
      $('mine-title').focus()
    } catch (x) { back.textContent = why(x) }
  }
  return begun(e, share, [make('small', { textContent: loan.due_at ? say('due', day(loan.due_at)) : say('no_due') }), back])
}
