// Who speaks: one name for each speaker, everywhere; two who are one; and back to what
// they were called before.
import { $, told, make, say, why, announce } from './base.js'
import { ask, pathOf } from './api.js'
import { when } from './text.js'

const path = pathOf(told.id) + '/speakers'
let named = () => {}

export function readyForPeople(onNamed) {
  named = onNamed
  $('people-close').addEventListener('click', () => $('people').close())
  $('people-form').addEventListener('submit', save)
  $('lines').addEventListener('click', e => {
    const who = e.target.closest('.who')
    if (who) openPeople(who.dataset.speaker)
  })
}

// openPeople shows all speakers, and begins at one of them.
export async function openPeople(id) {
  $('people-problem').hidden = true
  try {
    draw(await ask('GET', path))
    $('people').showModal()
    ;($('people-list').querySelector(`[data-speaker="${CSS.escape(id || '')}"] input`) || $('people-list').querySelector('input'))?.select()
  } catch (e) { announce(why(e)) }
}

function draw({ speakers, history }) {
  const titleOf = s => s.label || say('speaker', s.id.replace(/^s/, ''))
  $('people-list').replaceChildren(...speakers.map((s, i) => {
    const label = make('input', { type: 'text', className: 'label', value: s.label || '', maxLength: 200, dir: 'auto', autocomplete: 'off', placeholder: titleOf(s), ariaLabel: say('name_of', titleOf(s)) })
    const into = make('select', { className: 'into', ariaLabel: say('same_as', titleOf(s)) }, make('option', { value: '', textContent: say('nobody_else') }), ...speakers.filter(o => o.id !== s.id && !o.into).map(o => make('option', { value: o.id, selected: s.into === o.id, textContent: say('is_same', titleOf(o)) })))
    const row = make('li', { className: 'hue' + i % 6 }, label, ...(speakers.length > 1 ? [into] : []), ...(s.heard && s.heard !== s.label ? [make('small', {}, say('heard_as'), ' ', make('bdi', { textContent: s.heard }))] : []))
    row.dataset.speaker = s.id
    row.was = { label: s.label || '', into: s.into || '' }
    return row
  }))
  const entry = (number, what, who) => {
    const b = make('button', { type: 'button', className: 'quiet', textContent: say('names_back') })
    b.onclick = () => back(number)
    return make('li', {}, make('span', {}, ...who), make('bdi', { textContent: what }), b)
  }
  $('people-history').hidden = !history.length
  const past = history.slice(1).map(h => entry(h.number, speakers.map(s => h.labels[s.id] || s.heard || s.id).join('、'), [h.author || say('somebody'), ' · ', when(h.at)]))
  $('people-past').replaceChildren(...past, ...(history.length ? [entry(0, speakers.map(s => s.heard || titleOf({ ...s, label: '' })).join('、'), [say('as_heard')])] : []))
}

async function save(e) {
  e.preventDefault()
  try {
    for (const row of $('people-list').children) {
      const label = row.querySelector('.label').value.trim(), into = row.querySelector('.into')?.value ?? ''
      if (label !== row.was.label || into !== row.was.into) await ask('PATCH', `${path}/${encodeURIComponent(row.dataset.speaker)}`, { label, into })
    }
    done()
  } catch (e) { wrong(e) }
}

async function back(number) {
  try {
    await ask('POST', path + '/restore', { number })
    done()
  } catch (e) { wrong(e) }
}

function done() {
  $('people').close()
  announce(say('named'))
  named()
}

function wrong(e) {
  $('people-problem').textContent = why(e)
  $('people-problem').hidden = false
}
