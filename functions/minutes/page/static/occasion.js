// When and where people met, who was there, and what an official record says of itself.
import { $, told, say, why, announce, separator } from './base.js'
import { ask, pathOf } from './api.js'

// The lists of names, and the role that each stands for. Whoever stands in two has the
// first: a chair was present too. Two people may have one name.
const lists = { chair: 'chair', recorder: 'recorder', absent: 'absent', observers: 'observer', present: '' }
const texts = ['kind', 'place', 'issue', 'issuer', 'copies']

let shown = null, was = null

export function readyForOccasion(of, onSaved) {
  for (const name of ['particulars', 'export-particulars']) $(name).addEventListener('click', () => open(of()))
  $('occasion-kind').addEventListener('change', official)
  $('occasion-cancel').addEventListener('click', () => $('occasion').close())
  $('occasion-form').addEventListener('submit', async e => {
    e.preventDefault()
    const change = changed()
    try {
      if (Object.keys(change).length) await ask('PATCH', pathOf(told.id), change)
      $('occasion').close()
      announce(say('particulars_saved'))
      onSaved()
    } catch (e) {
      $('occasion-problem').textContent = why(e)
      $('occasion-problem').hidden = false
    }
  })
}

function open(d) {
  shown = d
  $('export').open = $('others').open = false
  $('occasion-problem').hidden = true
  for (const name of texts) $('occasion-' + name).value = d[name] || (name === 'kind' ? 'meeting' : '')
  $('occasion-began').value = local(d.recorded_at)
  for (const [list, role] of Object.entries(lists)) $('occasion-' + list).value = (d.participants || []).filter(p => (p.role || '') === role).map(p => p.name).join(separator)
  was = said()
  official()
  $('occasion').showModal()
}

// official shows what only an official record has.
function official() { $('occasion-official').hidden = $('occasion-kind').value !== 'official' }

// local is a moment as a field for date and time takes it: in the reader's zone, to the
// minute.
function local(text) {
  if (!text) return ''
  const at = new Date(text)
  return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16)
}

const names = list => $('occasion-' + list).value.split(/[、，,;；\n]+/).map(n => n.trim()).filter(Boolean)

const said = () => ({
  ...Object.fromEntries(texts.map(name => [name, $('occasion-' + name).value.trim()])),
  recorded_at: $('occasion-began').value,
  participants: participants(),
})

// participants are all that are named, with the account and the track that they had.
function participants() {
  const had = [...shown.participants || []], all = []
  for (const [list, role] of Object.entries(lists)) {
    const named = new Set(all.map(p => p.name))
    for (const name of names(list)) {
      const i = had.findIndex(p => p.name === name), { account, track } = i < 0 ? {} : had.splice(i, 1)[0]
      if (i >= 0 || !named.has(name)) all.push({ name, account, track, ...(role && { role }) })
    }
  }
  return all
}

// changed are the parts that are otherwise than before: the rest is left to whoever
// changes it meanwhile.
function changed() {
  const now = said(), change = Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])))
  if (change.recorded_at) change.recorded_at = new Date(change.recorded_at).toISOString()
  return change
}
