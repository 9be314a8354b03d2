// What people change: each change says first what will happen, and asks why.
import { make, say, ask, why, announce, told } from './base.js'

const days = { hour: 1 / 24, day: 1, week: 7, month: 30, quarter: 90 }

// lasts is a field for how long something holds; without an end where that may be.
export const lasts = (first, endless) => ({ name: 'until', label: say('how_long'), value: first, options: [...(endless ? [['', say('endless')]] : []), ...Object.keys(days).map(d => [d, say('for_' + d)])] })

// until is the end of what lasts so long, undefined where it has none. A minute less:
// the server refuses what ends later than it allows, and its clock may be behind.
export const until = lasts => lasts ? new Date(Date.now() + days[lasts] * 864e5 - 60e3).toISOString() : undefined

// because is the field for why somebody acts.
export const because = (name = 'reason', label = say('why')) => ({ name, label, long: true, required: true, maxLength: 500 })

let after = () => {}

// onDone is what shows the page anew once something was changed.
export const onDone = show => { after = show }

// again shows the page anew where nobody did anything: the focus stays.
export const again = () => after(null, true)

// button opens a dialog for one change. What it holds: title, what will happen, its
// fields, the word on its button, and what does it.
export function button(label, change, className = '') {
  const b = make('button', { type: 'button', textContent: label, className, disabled: !told.who, title: told.who ? '' : say('nobody') })
  b.addEventListener('click', () => open({ title: label, ...change }))
  return b
}

function input(f) {
  const props = { name: f.name, required: !!f.required, maxLength: f.maxLength || 1000, autocomplete: 'off' }
  if (f.options) {
    const select = make('select', { name: f.name }, ...f.options.map(([value, shown]) => new Option(shown, value)))
    select.value = f.value ?? f.options[0][0]
    return select
  }
  if (f.long) return make('textarea', { ...props, value: f.value ?? '', rows: f.rows || 3 })
  return make('input', { ...props, type: f.type || 'text', value: f.value ?? '', ...(f.min ? { min: f.min, max: f.max } : {}) })
}

function open(change) {
  const wrong = make('p', { className: 'wrong', role: 'alert' })
  const sure = make('button', { className: change.danger ? 'danger' : 'main', textContent: change.button || change.title })
  const cancel = make('button', { type: 'button', textContent: say('cancel') })
  const heading = make('h2', { id: 'asks', textContent: change.title })
  const form = make('form', { method: 'dialog' }, heading, make('p', { textContent: change.what }),
    ...(change.fields || []).map(f => make('label', { textContent: f.label }, input(f), ...(f.hint ? [make('small', { textContent: f.hint })] : []))),
    wrong, make('div', { className: 'row' }, sure, cancel))
  const dialog = make('dialog', {}, form)
  dialog.setAttribute('aria-labelledby', 'asks')
  cancel.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => dialog.remove())
  form.addEventListener('submit', async e => {
    e.preventDefault()
    sure.disabled = true
    wrong.textContent = ''
    try {
      await change.does(Object.fromEntries(new FormData(form)))
      dialog.close()
      announce(say('done'))
      after(change.then)
    } catch (error) {
      wrong.textContent = why(error)
      sure.disabled = false
    }
  })
  document.body.append(dialog)
  dialog.showModal()
}

// command asks a device or an account for something.
export const command = (kind, entityKind, entity) => button(say('command_' + kind), {
  what: say('will_' + kind), danger: kind === 'block',
  fields: [because(), ...(kind === 'unblock' ? [] : [lasts(kind === 'block' ? 'day' : 'week', true)])],
  does: v => ask('POST', '/score/commands', { kind, entity_kind: entityKind, entity, reason: v.reason, until: until(v.until) }),
}, kind === 'block' ? 'danger' : '')

// silence keeps alerts of an entity away for a while.
export const silence = (entityKind, entity, rule) => button(say('suppress'), {
  what: say(rule ? 'will_suppress' : 'will_suppress_all'),
  fields: [...(rule ? [] : [{ name: 'rule', label: say('rule'), value: '*', required: true, hint: say('rule_hint') }]), because(), lasts('day')],
  does: v => ask('POST', '/score/suppressions', { rule: rule || v.rule, entity_kind: entityKind, entity, reason: v.reason, until: until(v.until) }),
})

// enlist puts something on a list; lists are those that there are.
export const enlist = (lists, kind, value) => button(say('enlist'), {
  what: say('will_enlist'),
  fields: [{ name: 'list', label: say('list'), options: lists.map(l => [l.list, l.does ? `${l.list} · ${l.does}` : l.list]), value: 'watched' }, because(), lasts('month', true)],
  does: v => ask('PUT', `/score/lists/${encodeURIComponent(v.list)}/items/${kind}/${encodeURIComponent(value)}`, { reason: v.reason, expires: until(v.until) }),
})
