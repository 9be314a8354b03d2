// What the views are made of. Everything here is text and elements; nothing that came
// from outside is ever read as HTML.
import { make, say, language, told } from './base.js'
import { to } from './address.js'

const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const short = new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

// when is a moment in the reader's own zone.
export function when(text) {
  if (!text) return '—'
  const at = new Date(text)
  return make('time', { dateTime: text, title: moment.format(at), textContent: short.format(at) })
}

const steps = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]

// lasting is a number of seconds as people read it.
export function lasting(seconds) {
  const [size, unit] = steps.find(([size]) => seconds >= size) || steps[3]
  return say('lasting_' + unit, Math.round(seconds / size))
}

export const number = n => Number(n).toLocaleString(language)

// said is a word of a family, or the code itself where nobody has put it into words.
export const said = (family, code) => told.words[`${family}_${code}`] || code

// own is a text that is there in both languages.
export const own = both => (language === 'en' ? both.en : both.zh) || both.zh || both.en || ''

// state is a word with a dot in a colour that repeats it.
export const state = (colour, text) => make('span', { className: 'state ' + colour, textContent: text })

const colours = { allow: 'good', monitor: 'busy', warn: 'wait', challenge: 'hard', block: 'bad' }
export const outcome = code => state(colours[code] || '', said('outcome', code))

export const text = value => make('bdi', { textContent: value })
export const code = value => make('code', { textContent: value })
export const quiet = value => make('span', { className: 'quiet', textContent: value })
export const link = (at, ...inside) => make('a', { href: to(at) }, ...inside)

// brief is the beginning of an id; the whole stands in its title.
const brief = id => /^[0-9a-f]{32}$/.test(id) ? id.slice(0, 10) + '…' : id

// entity leads to a device, an account or an address. Accounts are known by their hash.
export function entity(kind, id) {
  if (!id) return '—'
  const at = kind === 'device' ? { view: 'device', device: id } : { view: 'entity', [kind]: kind === 'account' ? 'hash:' + id : id }
  if (!['device', 'account', 'address'].includes(kind)) return text(id)
  return make('a', { href: to(at), title: id }, make('code', { textContent: brief(id) }))
}

// facts are names and what belongs to them; what is empty is left out.
export function facts(pairs) {
  const list = make('dl', { className: 'facts' })
  for (const [name, value] of pairs) if (value || value === 0) list.append(make('dt', { textContent: name }), make('dd', {}, ...[value].flat()))
  return list
}

export const card = (heading, ...inside) => make('section', { className: 'card' }, ...(heading ? [make('h2', { textContent: heading })] : []), ...inside)

export const empty = value => make('p', { className: 'empty', textContent: value })

// table shows rows under columns: each column a name, a way from a row to its cell, and
// whether it is a number. On narrow screens each row becomes a card.
export function table(caption, columns, rows, empties) {
  if (!rows.length) return empty(empties || say('none'))
  const head = make('tr', {}, ...columns.map(([name, , kind]) => make('th', { scope: 'col', textContent: name, className: kind || '' })))
  return make('div', { className: 'scroll' }, make('table', { className: 'stack' },
    make('caption', { className: 'unseen', textContent: caption }), make('thead', {}, head), make('tbody', {}, ...rows.map(r => row(columns, r)))))
}

// row is one row of a table.
export function row(columns, value) {
  return make('tr', {}, ...columns.map(([name, cell, kind]) => {
    const td = make('td', { className: kind || '' }, make('div', {}, ...[cell(value) ?? ''].flat()))
    td.dataset.name = name
    return td
  }))
}

// older leads to the next page of a list, and back to its beginning.
export function older(at, next) {
  const ways = []
  if (at.before) ways.push(make('a', { className: 'button', href: to({ ...at, before: '' }), textContent: say('newest') }))
  if (next) ways.push(make('a', { className: 'button', href: to({ ...at, before: next }), textContent: say('older') }))
  return ways.length ? [make('nav', { className: 'paging', ariaLabel: say('paging') }, ...ways)] : []
}

// chosen is a drop-down with names for its values; the first stands for none.
export function chosen(name, label, values, now, any = say('all')) {
  const select = make('select', { name }, new Option(any, ''), ...values.map(([value, shown]) => new Option(shown, value)))
  select.value = now || ''
  return make('label', { textContent: label }, select)
}

// field is a field of a form.
export const field = (name, label, props) => make('label', { textContent: label }, make('input', { name, autocomplete: 'off', ...props }))

// filters is a form whose fields become the address.
export function filters(at, ...fields) {
  const form = make('form', { className: 'filters', action: '/score', ariaLabel: say('filter') }, ...fields, make('button', { textContent: say('filter') }))
  if (Object.keys(at).some(name => name !== 'view')) form.append(make('a', { className: 'button plain', href: to({ view: at.view }), textContent: say('unfilter') }))
  form.dataset.view = at.view || ''
  return form
}

// weight is a bar with its number.
export function weight(n) {
  const meter = make('meter', { min: 0, max: 100, value: n, ariaHidden: 'true' })
  return make('span', { className: 'weight' }, meter, number(n))
}
