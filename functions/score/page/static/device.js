// A device with what happened to it; and an account or an address with what was met.
import { make, say, ask, listed } from './base.js'
import { api, asked } from './address.js'
import { when, number, outcome, state, said, own, text, code, quiet, link, facts, card, table, older, empty } from './parts.js'
import { command, silence, enlist } from './act.js'
import { graphOf, decisionsLink } from './graph.js'
import { ruleTexts } from './sets.js'
import { alertColumns } from './alerts.js'
import { ofEntity } from './decisions.js'

export async function device(at, signal) {
  const [d, { lists }] = await Promise.all([ask('GET', asked(api('devices', at.device), { before: at.before, limit: at.before ? '' : 20 }), null, signal), ask('GET', '/score/lists', null, signal)])
  const texts = await textsOf(d.timeline), graph = at.before ? '' : await graphOf(at, 'device', at.device, signal)
  const stopped = d.commands.some(c => c.kind !== 'unblock')
  return {
    title: say('device'),
    acts: [command('block', 'device', d.device), command('step_up', 'device', d.device), ...(stopped ? [command('unblock', 'device', d.device)] : []), enlist(lists, 'device', d.device), silence('device', d.device)],
    inside: [card('', make('p', { className: 'mono long' }, code(d.device)), known(d)),
      ...(d.alerts.length ? [card(say('open_alerts'), table(say('open_alerts'), alertColumns(), d.alerts))] : []),
      card(say('timeline'), timeline(d.timeline, texts), ...older(at, d.next)), graph].filter(Boolean),
  }
}

function known(d) {
  return facts([
    [say('app'), text(d.app)], [say('platform'), text(d.platform)], [say('model'), text(d.model)], [say('suite'), said('suite', d.suite)],
    [say('enrolled'), when(d.enrolled)], [say('last_report'), d.last && when(d.last)],
    [say('attestation'), [attested(d), ...(d.attested_at ? [' ', when(d.attested_at)] : [])]],
    [say('attested_signals'), d.attested.length ? text(listed(d.attested)) : ''],
    [say('on_lists'), d.lists.map(l => link({ view: 'list', list: l }, code(l))).flatMap((e, i) => i ? [' ', e] : [e])],
    [say('in_force'), d.commands.flatMap(c => [make('div', {}, state(c.kind === 'block' ? 'bad' : 'wait', said('command', c.kind)), ' ', text(c.reason), ' ', quiet(c.by), ...(c.until ? [' ', quiet(say('until')), ' ', when(c.until)] : []))])],
    [say('decisions'), decisionsLink('device', d.device)],
  ].filter(([, v]) => !Array.isArray(v) || v.length))
}

const attested = d => state({ valid: 'good', invalid: 'bad' }[d.attestation] || '', said('attestation', d.attestation))

// textsOf are the words of the rules that a timeline speaks of.
async function textsOf(moments) {
  const versions = new Set(moments.filter(m => m.kind === 'decision').map(m => m.what.ruleset))
  const all = await Promise.all([...versions].map(async v => [v, await ruleTexts(v).catch(() => new Map())]))
  return new Map(all)
}

function timeline(moments, texts) {
  if (!moments.length) return empty(say('nothing_yet'))
  return make('ol', { className: 'timeline' }, ...moments.map(m => make('li', { className: m.kind }, when(m.at), make('span', { className: 'badge', textContent: said('moment', m.kind) }), make('div', {}, ...tellings[m.kind](m.what, texts)))))
}

const tellings = {
  decision: (d, texts) => [outcome(d.outcome), ' ', number(d.score), ' ', link({ view: 'decision', report: d.report }, text(texts.get(d.ruleset)?.get(d.rules[0]) || d.rules[0] || say('no_reasons')))],
  alert: a => [link({ view: 'alert', alert: a.alert }, text(own(a) || a.rule)), ' ', quiet(say('times', number(a.count))), ...(a.closed ? [' ', quiet(say('closed'))] : [])],
  command: c => [said('command', c.kind), ' ', text(c.reason), ' ', quiet(c.by), ...(c.acknowledged ? [' ', quiet(say('carried_out'))] : [])],
  change: e => [said('what', e.what), ' ', text(e.detail.list || e.detail.rule || ''), ' ', text(e.detail.reason || ''), ' ', quiet(e.by)],
}

// entityView shows an account or an address.
export async function entityView(at, signal) {
  const kind = at.account ? 'account' : 'address', name = at[kind] || '', id = name.replace(/^hash:/, '')
  const [{ lists }, { alerts }, graph] = await Promise.all([
    ask('GET', '/score/lists', null, signal),
    ask('GET', asked('/score/alerts', { entity_kind: kind, entity: name, limit: 20 }), null, signal),
    graphOf(at, kind, name, signal),
  ])
  const acts = [enlist(lists, kind, name), silence(kind, name)]
  if (kind === 'account') acts.unshift(command('block', kind, name), command('step_up', kind, name), command('unblock', kind, name))
  return {
    title: said('kind', kind), acts,
    inside: [card('', make('p', { className: 'mono long' }, code(id)), ...(kind === 'account' ? [make('p', { className: 'quiet', textContent: say('hash_how') })] : [])), graph,
      card(say('alerts'), table(say('alerts'), alertColumns(), alerts, say('no_alerts'))),
      ...(kind === 'account' ? [card(say('decisions'), await ofEntity('account', name, signal))] : [])],
  }
}
