// One book: what is known of it, and whether it can be read now.
import { $, make, say, why, ask, announce, language, listed, separator } from './base.js'
import { to, list, readPath, editionPath } from './address.js'
import { cover, percent } from './card.js'

const day = text => new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(text))
const known = (family, name) => { const key = family + name, text = say(key); return text === key ? name : text }
const narrowed = (change, name) => make('a', { href: to(change) }, make('bdi', { textContent: name }))
const several = all => all.flatMap((e, i) => i ? [separator, e] : [e])

export async function showBook(at) {
  const back = make('a', { className: 'back', href: to(list(at)), textContent: '‹ ' + say('back') })
  $('book').replaceChildren(back, make('p', { className: 'quiet', textContent: say('searching') }))
  try {
    const [e, { recent }] = await Promise.all([ask('GET', editionPath(at.edition)), ask('GET', '/library/reading')])
    document.title = e.metadata.title
    $('book').replaceChildren(back, ...draw(e))
    await showLoan(e, recent.find(r => r.edition === e.book)?.total)
  } catch (x) {
    $('book').replaceChildren(back, make('h2', { id: 'book-title', tabIndex: -1, textContent: x.status === 404 ? say('gone') : why(x) }))
  }
}

function draw(e) {
  const m = e.metadata
  const people = make('ul', { className: 'people' }, ...(m.contributors || []).map(c => make('li', {}, narrowed({ author: c.name }, c.name), ' ', make('small', { textContent: known('role_', c.role) }))))
  return [make('div', { className: 'top' }, cover(e, 'cover'), make('div', {},
    make('h2', { id: 'book-title', className: m.title.length > 60 ? 'long' : '', tabIndex: -1, dir: 'auto', lang: m.language || '', textContent: m.title }),
    ...(m.subtitle ? [make('p', { className: 'subtitle', dir: 'auto', textContent: m.subtitle })] : []),
    ...(m.contributors ? [people] : []),
    make('div', { id: 'loan' }), make('p', { id: 'loan-state', role: 'status' }))),
  ...(m.summary ? [make('p', { className: 'summary', dir: 'auto', lang: m.language || '', textContent: m.summary })] : []),
  facts(e)]
}

function facts(e) {
  const m = e.metadata, list = make('dl'), number = n => n.toLocaleString(language)
  const add = (key, ...inside) => inside.length && list.append(make('div', {}, make('dt', { textContent: say(key) }), make('dd', {}, ...inside)))
  const text = (key, value) => value && add(key, make('bdi', { textContent: value }))
  if (m.publisher) add('publisher', narrowed({ publisher: m.publisher }, m.publisher))
  text('published', m.published)
  if (m.language) text('language', languageName(m.language))
  text('isbn', m.isbn)
  if (m.series) add('series', narrowed({ series: m.series }, m.series), m.position ? ` · ${m.position}` : '')
  if (m.clc) add('class', ...classLinks(e))
  if (m.subjects) add('subjects', ...several(m.subjects.map(s => narrowed({ subject: s }, s))))
  text('format', e.format.toUpperCase())
  if (e.letters) text('length', say('letters', new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 2 }).format(e.letters)))
  if (m.accessibility) text('access', listed(m.accessibility.map(a => known('access_', a))))
  text('licence', terms(e.licence))
  if (e.reads) text('reads', say('times', number(e.reads)))
  return list
}

// languageName names a language and its script, whatever the country.
function languageName(tag) {
  try {
    const { language: main, script } = new Intl.Locale(tag)
    return new Intl.DisplayNames(language, { type: 'language' }).of(script ? `${main}-${script}` : main)
  } catch { return tag }
}

// classLinks are the classes from the letter down, then the book's own mark.
function classLinks({ classes, metadata }) {
  const links = classes.map(c => narrowed({ class: c.value }, c.name))
  return [...links.flatMap(l => [l, ' › ']), narrowed({ class: metadata.clc }, metadata.clc)]
}

function terms(l) {
  if (!l) return ''
  return listed([l.copies && say('copies', l.copies), l.lending_days && say('days', l.lending_days), l.ends && say('until', day(l.ends))].filter(Boolean))
}

const action = (name, does, main) => Object.assign(make('button', { type: 'button', className: main ? 'wide main' : 'wide', textContent: name }), { onclick: does })

// showLoan shows what can be done now: read, borrow or return.
async function showLoan(e, share) {
  const lent = e.licence && (e.licence.copies || e.licence.lending_days)
  const state = lent ? await ask('GET', editionPath(e.book) + '/loan') : null
  const { loan, copies } = state || {}
  const does = (method, said) => async () => {
    try {
      await ask(method, editionPath(e.book) + '/loan')
      await showLoan(e, share)
      announce(said)
      $('loan').firstElementChild?.focus()
    } catch (x) { $('loan-state').textContent = why(x) }
  }
  const all = []
  if (!lent || loan) all.push(make('a', { href: readPath(e.book), className: 'wide main', textContent: share ? say('go_on', percent(share)) : say('read') }))
  if (lent && !loan && !ended(e) && !(copies.total && copies.lent >= copies.total)) all.push(action(say('borrow'), does('POST', say('borrowed')), true))
  if (loan) all.push(action(say('return'), does('DELETE', say('returned'))))
  $('loan').replaceChildren(...(!lent && ended(e) ? [] : all))
  $('loan-state').textContent = stateOf(e, lent, loan, copies)
}

// ended says what the reader's own clock knows; the library has the last word.
const ended = e => !!e.licence?.ends && new Date(e.licence.ends + 'T23:59:59') < new Date()

function stateOf(e, lent, loan, copies) {
  if (ended(e)) return say('ended', day(e.licence.ends))
  if (!lent) return ''
  if (loan) return loan.due_at ? say('due', day(loan.due_at)) : say('no_due')
  if (!copies.total) return say('uncounted')
  return copies.lent < copies.total ? say('free', copies.total - copies.lent, copies.total) : say('all_lent', copies.total)
}
