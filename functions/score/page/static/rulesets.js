// Rule sets: their way from draft to live, what each needs for that, and what changed.
import { make, say, ask, listed } from './base.js'
import { api, asked } from './address.js'
import { when, number, state, said, own, text, code, quiet, link, facts, card, table, older, weight } from './parts.js'
import { button, because } from './act.js'

const colours = { live: 'good', shadow: 'busy', draft: 'wait', retired: '' }
const standing = s => state(colours[s.state], said('state', s.state))

export async function rulesets(at, signal) {
  const { rulesets: all, next } = await ask('GET', asked('/score/rulesets', { before: at.before }), null, signal)
  return {
    title: say('rulesets'), acts: [draft(all[0])],
    inside: [card('', table(say('rulesets'), [
      [say('ruleset'), s => link({ view: 'ruleset', version: s.version }, say('version', s.version))], [say('state'), standing], [say('note'), s => text(s.note)],
      [say('author'), s => text(s.by || say('built_in'))], [say('created'), s => when(s.created)], [say('since_live'), s => when(s.live)], [say('based_on'), s => s.based_on ? say('version', s.based_on) : '—'],
    ], all), ...older(at, next))],
  }
}

// draft begins a new set from a text of JSON.
const draft = base => button(say('new_draft'), {
  what: say('will_draft'), then: { view: 'rulesets' },
  fields: [{ name: 'rules', label: say('rules_json'), long: true, rows: 10, required: true, maxLength: 1e6 }, { name: 'based_on', label: say('based_on'), type: 'number', value: base?.version, min: 1, max: 2147483647 }, because('note', say('note'))],
  does: v => ask('POST', '/score/rulesets', { rules: parsed(v.rules), note: v.note, based_on: v.based_on ? Number(v.based_on) : undefined }),
})

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw Object.assign(new Error(say('not_json', error.message)), { code: 'not_json' })
  }
}

export async function ruleset(at, signal) {
  const [s, { rulesets: all }] = await Promise.all([ask('GET', api('rulesets', at.version), null, signal), ask('GET', '/score/rulesets?limit=100', null, signal)])
  const with_ = Number(at.with) || all.find(o => o.state === 'live' && o.version !== s.version)?.version || s.based_on
  const inside = [about(s), ...(s.state === 'live' ? [] : [lacks(s)]), approvals(s), replays(s)]
  if (with_) inside.push(await changes(s, with_, signal))
  return { title: say('version', s.version), acts: moves(s), inside: [...inside, rulesOf(s)] }
}

const about = s => card('', make('p', { className: 'verdict' }, standing(s), text(s.note)), facts([
  [say('author'), text(s.by || say('built_in'))], [say('created'), when(s.created)], [say('based_on'), s.based_on && link({ view: 'ruleset', version: s.based_on }, say('version', s.based_on))],
  [say('since_live'), s.live && when(s.live)], [say('retired'), s.retired && when(s.retired)], [say('hash'), code(s.hash)],
]))

const lacks = s => card(say('lacks'), s.lacks.length ? make('ul', {}, ...s.lacks.map(l => make('li', { textContent: l.text }))) : state('good', say('lacks_nothing')))

const approvals = s => card(say('approvals'), table(say('approvals'), [[say('by'), a => text(a.by)], [say('time'), a => when(a.at)]], s.approvals, say('no_approvals')))

// moves are the ways that a set may go from where it is.
function moves(s) {
  const to = (name, state, danger) => button(say(name), { what: say('will_' + name), danger, does: () => ask('PUT', api('rulesets', s.version, 'state'), { state }) }, danger ? 'danger' : '')
  const acts = [button(say('compare'), { what: say('will_compare'), does: () => ask('POST', '/score/replays', { ruleset: s.version }) })]
  if (s.state !== 'live') acts.push(button(say('approve'), { what: say('will_approve'), does: () => ask('POST', api('rulesets', s.version, 'approvals')) }), to('put_live', 'live', true))
  if (s.state === 'draft') acts.push(to('put_shadow', 'shadow'))
  if (s.state === 'shadow') acts.push(to('put_draft', 'draft'))
  return acts
}

const replays = s => card(say('replays'), table(say('replays'), [
  [say('time'), r => link({ view: 'replay', replay: r.replay }, when(r.requested))], [say('state'), r => ending(r)], [say('by'), r => text(r.by)],
  [say('compared'), r => number(r.sums.compared), 'number'], [say('different'), r => number(r.sums.different), 'number'],
  [say('newly_blocked'), r => number(r.sums.newly_blocked), 'number'], [say('newly_allowed'), r => number(r.sums.newly_allowed), 'number'],
], s.replays, say('no_replays')))

// ending says how far a replay is.
export function ending(r) {
  if (r.failed) return state('bad', say('gave_up'))
  return r.ended ? state('good', say('finished')) : state('busy', say('running'))
}

// changes are the rules that one set has otherwise than another.
async function changes(s, version, signal) {
  const other = await ask('GET', api('rulesets', version), null, signal)
  const before = new Map(other.rules.rules.map(r => [r.id, r])), now = new Map(s.rules.rules.map(r => [r.id, r]))
  const all = [...now.values()].filter(r => !before.has(r.id)).map(r => ({ how: 'added', r }))
    .concat([...before.values()].filter(r => !now.has(r.id)).map(r => ({ how: 'removed', r })))
    .concat([...now.values()].filter(r => before.has(r.id)).map(r => ({ how: 'changed', r, fields: differ(before.get(r.id), r) })).filter(c => c.fields.length))
  return card(say('changes_to', version), table(say('changes_to', version), [
    [say('change'), c => said('change', c.how)], [say('rule'), c => [text(own(c.r)), make('br'), code(c.r.id)]],
    [say('detail'), c => c.fields ? c.fields.map(([f, was, is]) => make('div', {}, code(f), ' ', make('del', { textContent: was }), ' ', make('ins', { textContent: is }))) : ''],
  ], all, say('no_changes')))
}

const differ = (a, b) => [...new Set([...Object.keys(a), ...Object.keys(b)])].map(f => [f, JSON.stringify(a[f]) ?? '—', JSON.stringify(b[f]) ?? '—']).filter(([, was, is]) => was !== is)

const rulesOf = s => make('details', { className: 'card' }, make('summary', {}, make('h2', { textContent: say('rules', s.rules.rules.length) })),
  make('p', {}, quiet(listed(['monitor', 'warn', 'challenge', 'block'].filter(o => s.rules[o]).map(o => `${said('outcome', o)} ≥ ${s.rules[o]}`)))),
  table(say('ruleset'), [[say('weight'), r => weight(r.weight), 'bar'], [say('reason'), r => [text(own(r)), make('br'), code(r.id)]], [say('category'), r => said('category', r.category)],
    [say('least'), r => r.action ? said('outcome', r.action) : '—'], [say('condition'), r => code(r.when)]], s.rules.rules))
