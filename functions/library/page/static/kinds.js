// What a list can be narrowed to, with how many books there are, and what it is
// narrowed to already.
import { $, make, say, language } from './base.js'
import { narrowing, to, list } from './address.js'

const groups = { language: 'languages', year: 'years', publisher: 'publishers', author: 'authors', subject: 'subjects', format: 'formats' }
const few = 6
export const narrow = matchMedia('(max-width: 760px)') // as in shelf.css

function nameOf(kind, value) {
  if (kind === 'language') try { return new Intl.DisplayNames(language, { type: 'language' }).of(value) } catch { return value }
  return kind === 'format' ? value.toUpperCase() : value
}

export function drawKinds(at, counts) {
  const drawn = [classes(at, counts), ...Object.entries(groups).map(([kind, name]) => group(at, kind, counts[name] || [], counts.counted))]
  $('choices').replaceChildren(...drawn.filter(Boolean))
  $('kinds').classList.toggle('none', !$('choices').children.length)
  drawChips(at, counts.within)
}

function folding(kind, ...inside) {
  return make('details', { open: kind === 'class' || !narrow.matches }, make('summary', {}, make('h2', { textContent: say(kind) })), ...inside)
}

const choice = (at, change, name, books) => make('a', { href: to({ ...list(at), ...change }) }, make('bdi', { textContent: name }), ...(books ? [' ', make('small', { textContent: books.toLocaleString(language) })] : []))

// classes is a tree: the classes above the one that was chosen, and those below it.
function classes(at, { classes, within }) {
  if (!classes.length && !at.class) return null
  let inner = make('ul', {}, ...classes.map(c => make('li', {}, choice(at, { class: c.value }, `${c.value} ${c.name}`, c.books))))
  const chain = within.at(-1)?.value === at.class || !at.class ? within : [...within, { value: at.class, name: at.class }]
  for (const c of chain.toReversed()) {
    const link = choice(at, { class: c.value }, c.value === c.name ? c.name : `${c.value} ${c.name}`)
    if (c.value === at.class) link.setAttribute('aria-current', 'true')
    inner = make('ul', {}, make('li', {}, link, ...(inner.children.length ? [inner] : [])))
  }
  inner.classList.add('tree')
  return folding('class', ...(at.class ? [make('p', {}, choice(at, { class: '' }, say('all_class')))] : []), inner)
}

// group has the values of one kind, unless the list has but one. It begins with a few.
function group(at, kind, values, counted) {
  if (at[kind] || !values.length || values[0].books === counted && values.length === 1) return null
  const items = values.map(({ value, books }) => make('li', {}, choice(at, { [kind]: value }, nameOf(kind, value), books)))
  const all = make('ul', {}, ...items)
  if (items.length <= few + 2) return folding(kind, all)
  const button = make('button', { type: 'button', className: 'rest' })
  const show = open => {
    items.slice(few).forEach(i => { i.hidden = !open })
    button.textContent = open ? say('fewer') : say('all_kinds', items.length)
    button.setAttribute('aria-expanded', String(open))
  }
  button.onclick = () => show(button.getAttribute('aria-expanded') !== 'true')
  show(false)
  return folding(kind, all, button)
}

// drawChips shows what the list is narrowed to, each with a way out.
export function drawChips(at, within = []) {
  const chips = narrowing.filter(kind => at[kind]).map(kind => {
    const name = kind === 'class' && within.at(-1)?.name || nameOf(kind, at[kind])
    const out = make('a', { href: to({ ...list(at), [kind]: '' }) }, say(kind), ' ', make('bdi', { textContent: name }))
    out.setAttribute('aria-label', say('remove', `${say(kind)} ${name}`))
    return make('li', {}, out)
  })
  $('chips').replaceChildren(...chips)
  $('chips').hidden = !chips.length
}
