// Alerts, open ones first, and what people want to hear nothing of.
import { make, say, ask } from './base.js'
import { api, asked } from './address.js'
import { when, number, state, said, own, entity, text, code, quiet, link, facts, card, table, older, chosen, field, filters } from './parts.js'
import { button, because, silence } from './act.js'
import { columns } from './decisions.js'
import { allTexts } from './sets.js'

const standing = a => a.closed ? state('', say('closed')) : state('bad', say('open'))

// alertColumns are those of every list of alerts.
export const alertColumns = () => [
  [say('state'), standing],
  [say('reason'), a => [link({ view: 'alert', alert: a.alert }, text(own(a) || a.rule)), make('br'), code(a.rule)]],
  [say('about'), a => [said('kind', a.entity_kind), ' ', entity(a.entity_kind, a.entity)]],
  [say('count'), a => number(a.count), 'number'],
  [say('first'), a => when(a.first)],
  [say('last'), a => when(a.last)],
]

// alerts shows those that are open; where none is chosen, what is closed waits for a
// click.
export async function alerts(at, signal) {
  const now = at.state || 'open'
  const { alerts: found, next } = await ask('GET', asked('/score/alerts', { state: now === 'all' ? '' : now, rule: at.rule, before: at.before }), null, signal)
  const form = filters(at, chosen('state', say('state'), [['closed', say('closed')], ['all', say('all')]], at.state, say('open')), field('rule', say('rule'), { value: at.rule || '', placeholder: 'rt.frida' }))
  return {
    title: say('alerts'), acts: [make('a', { className: 'button', href: '/score?view=suppressions', textContent: say('suppressions') })],
    inside: [card('', form, table(say('alerts'), alertColumns(), found, say(now === 'open' ? 'no_open_alerts' : 'no_alerts')), ...older(at, next))],
  }
}

export async function alert(at, signal) {
  const { alert: a, decisions, suppressions } = await ask('GET', api('alerts', at.alert), null, signal)
  const texts = await allTexts(decisions.map(d => d.ruleset))
  const acts = [silence(a.entity_kind, a.entity_kind === 'account' ? 'hash:' + a.entity : a.entity, a.rule)]
  if (!a.closed) acts.unshift(button(say('close_alert'), { what: say('will_close'), fields: [because('note')], does: v => ask('PATCH', api('alerts', a.alert), { closed: true, note: v.note }) }, 'main'))
  return {
    title: say('alert'), acts,
    inside: [card('', make('p', { className: 'verdict' }, standing(a), text(own(a) || a.rule)), facts([
      [say('rule'), code(a.rule)], [say('about'), [said('kind', a.entity_kind), ' ', entity(a.entity_kind, a.entity)]], [say('app'), text(a.app)],
      [say('count'), number(a.count)], [say('first'), when(a.first)], [say('last'), when(a.last)], [say('window_ends'), when(a.window_ends)],
      [say('closed'), a.closed && [when(a.closed), ' ', text(a.closed_by || say('window_over'))]], [say('why'), a.note && text(a.note)],
    ])),
    ...(suppressions.length ? [card(say('suppressions'), table(say('suppressions'), silenceColumns(), suppressions))] : []),
    ...(a.entity_kind === 'address' ? [] : [card(say('decisions'), table(say('decisions'), columns(texts), decisions, say('no_decisions')))])],
  }
}

const silenceColumns = () => [
  [say('rule'), s => s.rule === '*' ? say('every_rule') : code(s.rule)],
  [say('about'), s => [said('kind', s.entity_kind), ' ', entity(s.entity_kind, s.entity)]],
  [say('until'), s => when(s.until)],
  [say('why'), s => text(s.reason)],
  [say('by'), s => text(s.by)],
  [say('actions'), s => button(say('unsuppress'), { what: say('will_unsuppress'), does: () => ask('DELETE', asked('/score/suppressions', { rule: s.rule, entity_kind: s.entity_kind, entity: s.entity_kind === 'account' ? 'hash:' + s.entity : s.entity })) })],
]

export async function suppressions(at, signal) {
  const { suppressions: found, next } = await ask('GET', asked('/score/suppressions', { before: at.before }), null, signal)
  return { title: say('suppressions'), inside: [card('', quiet(say('suppressions_how')), table(say('suppressions'), silenceColumns(), found, say('no_suppressions')), ...older(at, next))] }
}
