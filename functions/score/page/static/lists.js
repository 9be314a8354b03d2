// Commands that were given, and the lists that people keep.
import { say, ask } from './base.js'
import { api, asked } from './address.js'
import { when, number, state, said, entity, text, code, quiet, link, card, table, older, chosen, filters } from './parts.js'
import { button, because, lasts, until } from './act.js'

function standing(c) {
  if (c.ended) return state('', say('ended'))
  if (c.until && new Date(c.until) < new Date()) return state('', say('over'))
  return c.acknowledged ? state('good', say('carried_out')) : state('wait', say('in_force'))
}

export async function commands(at, signal) {
  const { commands: found, next } = await ask('GET', asked('/score/commands', { state: at.state, before: at.before }), null, signal)
  return {
    title: say('commands'),
    inside: [card('', filters(at, chosen('state', say('state'), [['active', say('in_force')]], at.state)), table(say('commands'), [
      [say('time'), c => when(c.issued)], [say('command'), c => said('command', c.kind)],
      [say('about'), c => [said('kind', c.entity_kind), ' ', entity(c.entity_kind, c.entity)]],
      [say('state'), standing], [say('until'), c => when(c.until)], [say('why'), c => text(c.reason)], [say('by'), c => text(c.by)],
    ], found, say('no_commands')), ...older(at, next))],
  }
}

export async function lists(at, signal) {
  const { lists: all } = await ask('GET', '/score/lists', null, signal)
  return {
    title: say('lists'), acts: [add('')],
    inside: [card('', table(say('lists'), [
      [say('list'), l => link({ view: 'list', list: l.list }, code(l.list))], [say('does'), l => l.does || say('own_list')], [say('entries'), l => number(l.items), 'number'],
    ], all))],
  }
}

const kinds = ['device', 'account', 'address', 'model', 'app_version', 'probe_version']

// add puts an entry on a list, a new one where no name is given.
const add = list => button(say('add_item'), {
  what: say('will_enlist'),
  fields: [...(list ? [] : [{ name: 'list', label: say('list'), required: true, maxLength: 40, hint: say('list_hint') }]),
    { name: 'kind', label: say('what_kind'), options: kinds.map(k => [k, said('kind', k)]) }, { name: 'value', label: say('value'), required: true, hint: say('value_hint') }, because(), lasts('month', true)],
  does: v => ask('PUT', `/score/lists/${encodeURIComponent(list || v.list)}/items/${v.kind}/${encodeURIComponent(v.value)}`, { reason: v.reason, expires: until(v.until) }),
}, 'main')

export async function list(at, signal) {
  const { items, next } = await ask('GET', asked(api('lists', at.list), { before: at.before }), null, signal)
  const remove = i => i.all_units ? quiet(say('all_units')) : button(say('remove'), {
    what: say('will_remove'), danger: true,
    does: () => ask('DELETE', `/score/lists/${encodeURIComponent(at.list)}/items/${i.kind}/${encodeURIComponent(i.kind === 'account' ? 'hash:' + i.value : i.value)}`),
  })
  const value = i => i.kind === 'address' ? code(i.value) : entity(i.kind, i.value)
  return {
    title: `${say('list')} ${at.list}`, acts: [add(at.list)],
    inside: [card('', table(at.list, [
      [say('what_kind'), i => said('kind', i.kind)], [say('value'), value], [say('why'), i => text(i.reason)], [say('by'), i => text(i.by)],
      [say('added'), i => when(i.added)], [say('until'), i => when(i.expires)], [say('actions'), remove],
    ], items, say('empty_list')), ...older(at, next))],
  }
}
