// One decision: why it was made, what was reported, and what the rules read.
import { make, say, ask, listed } from './base.js'
import { api } from './address.js'
import { when, number, outcome, said, own, entity, text, code, quiet, link, facts, card, table, weight } from './parts.js'
import { detail } from './decisions.js'
import { signalTexts, ruleTexts } from './sets.js'

export async function decision(at, signal) {
  const [d, signals] = await Promise.all([detail(at.report, signal), signalTexts()])
  const inside = [verdict(d), why(d)]
  if (d.shadow) inside.push(await other(say('in_shadow'), d, d.shadow))
  if (at.replay) inside.push(await replayed(at, d, signal))
  inside.push(claims(d, signals), reported(d), features(d))
  return { title: say('decision'), inside: inside.filter(Boolean) }
}

function verdict(d) {
  const big = make('p', { className: 'verdict' }, outcome(d.outcome), make('span', { className: 'figure', textContent: number(d.score) }), quiet(say('of_100')))
  return card('', big, facts([
    [say('time'), when(d.at)], [say('received'), when(d.received)], [say('app'), text(d.app)],
    [say('device'), entity('device', d.device)], [say('account'), d.account && entity('account', d.account)], [say('address'), d.address && entity('address', d.address)],
    [say('ruleset'), [link({ view: 'ruleset', version: d.ruleset }, say('version', d.ruleset)), ' ', code(d.ruleset_hash.slice(0, 12))]],
    [say('limited'), d.limited && said('limited', d.limited)], [say('failed_rules'), d.failed.length ? text(listed(d.failed)) : ''],
    [say('report'), code(d.report)],
  ]))
}

function why(d) {
  return card(say('reasons'), table(say('reasons'), [
    [say('weight'), r => weight(r.weight), 'bar'],
    [say('reason'), r => [text(r.text || r.rule), make('br'), link({ view: 'alerts', state: 'all', rule: r.rule }, code(r.rule))]],
    [say('category'), r => said('category', r.category)],
    [say('basis'), r => basis(r.basis)],
  ], d.reasons, say('no_reasons')))
}

const basis = b => make('span', { className: 'badge', textContent: said('basis', b), title: said('basis_means', b) })

// other is what another rule set makes of the same report.
async function other(heading, d, theirs) {
  const version = theirs.ruleset || theirs.version
  const texts = version ? await ruleTexts(version).catch(() => new Map()) : new Map()
  const is = theirs.decision || theirs
  return card(heading, make('p', { className: 'verdict' }, outcome(is.outcome), make('span', { className: 'figure', textContent: number(is.score) }), ...(version ? [link({ view: 'ruleset', version }, say('version', version))] : [])),
    table(heading, [[say('weight'), r => weight(r.weight), 'bar'], [say('reason'), r => [text(texts.get(r.rule) || r.rule), make('br'), code(r.rule)]], [say('basis'), r => basis(r.basis)]], is.reasons || [], say('no_reasons')))
}

// replayed is how the replay that led here would decide.
async function replayed(at, d, signal) {
  const r = await ask('GET', api('replays', at.replay), null, signal), found = r.differences.find(x => x.report === d.report)
  if (!found) return card(say('in_replay'), quiet(say('replay_same')))
  const rules = found.came?.length || found.went?.length
  return card(say('in_replay'), make('p', { className: 'verdict' }, ...(found.is ? [outcome(found.is.outcome), make('span', { className: 'figure', textContent: number(found.is.score) })] : [text(found.missing)]),
    link({ view: 'replay', replay: at.replay }, say('to_replay'))), rules ? facts([[say('came'), found.came && text(listed(found.came))], [say('went'), found.went && text(listed(found.went))]]) : '')
}

// claims are the signals of the report, with who says so.
function claims(d, signals) {
  const f = d.features, details = new Map((d.body?.claimed || []).map(c => [c.id, c.detail]))
  const all = ['attested', 'derived', 'claimed'].flatMap(source => (f[source] || []).map(id => ({ id, source })))
  return card(say('signals'), table(say('signals'), [
    [say('signal'), s => [text(signals.has(s.id) ? own(signals.get(s.id)) : s.id), make('br'), code(s.id)]],
    [say('basis'), s => basis(s.source)],
    [say('severity'), s => signals.has(s.id) ? said('severity', signals.get(s.id).severity) : '—'],
    [say('detail'), s => text(details.get(s.id) || '')],
  ], all, say('no_signals')))
}

function reported(d) {
  const b = d.body
  if (!b) return card(say('reported'), quiet(say('body_gone')))
  return card(say('reported'), facts([
    [say('platform'), text([b.platform, b.os_version].filter(Boolean).join(' '))], [say('model'), b.model && text(b.model)],
    [say('app_version'), b.app_version && text(b.app_version)], [say('probe_version'), b.probe_version && text(b.probe_version)],
    [say('network'), b.network?.kind && text(b.network.kind)], [say('attestation'), b.attestation && text(b.attestation.kind)],
    [say('acks'), b.acks?.length ? text(listed(b.acks)) : ''],
  ]))
}

// features are the variables that rules read, as they are named there.
function features(d) {
  const value = v => Array.isArray(v) ? listed(v) : String(v)
  const all = Object.entries(d.features).filter(([, v]) => v !== '' && v !== 0 && v !== false && v?.length !== 0)
  const list = make('dl', { className: 'facts small' })
  for (const [name, v] of all) list.append(make('dt', {}, code(name)), make('dd', {}, text(value(v))))
  return make('details', { className: 'card' }, make('summary', {}, make('h2', { textContent: say('features', all.length) })), make('p', { className: 'quiet', textContent: say('features_how') }), list)
}
