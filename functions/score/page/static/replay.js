// A replay: past reports decided again, and what would be otherwise.
import { say, ask, listed } from './base.js'
import { api } from './address.js'
import { when, number, outcome, text, code, link, facts, card, table } from './parts.js'
import { again } from './act.js'
import { ending } from './rulesets.js'

export async function replay(at, signal) {
  const r = await ask('GET', api('replays', at.replay), null, signal), s = r.sums
  if (!r.ended) setTimeout(() => signal.aborted || again(), 2000) // it goes on
  return {
    title: say('replay'),
    inside: [card('', facts([
      [say('state'), ending(r)], [say('ruleset'), r.ruleset ? link({ view: 'ruleset', version: r.ruleset }, say('version', r.ruleset)) : say('own_set')],
      [say('by'), text(r.by)], [say('time'), when(r.requested)], [say('from'), when(r.from)], [say('until'), when(r.to)], [say('why'), r.failed && text(r.failed)],
      [say('compared'), number(s.compared)], [say('same'), number(s.same)], [say('different'), number(s.different)], [say('missing'), number(s.missing)],
      [say('newly_blocked'), number(s.newly_blocked)], [say('newly_allowed'), number(s.newly_allowed)],
    ])),
    card(say('turned'), table(say('turned'), [[say('was'), c => outcome(c.from)], [say('is'), c => outcome(c.to)], [say('count'), c => number(c.count), 'number']], s.changed || [], say('no_changes'))),
    card(say('differences'), table(say('differences'), [
      [say('report'), d => link({ view: 'decision', report: d.report, replay: r.replay }, code(d.report))],
      [say('was'), d => d.was ? [outcome(d.was.outcome), ' ', number(d.was.score)] : '—'], [say('is'), d => d.is ? [outcome(d.is.outcome), ' ', number(d.is.score)] : text(d.missing || '')],
      [say('came'), d => text(listed(d.came || []))], [say('went'), d => text(listed(d.went || []))],
    ], r.differences, say('no_changes')))],
  }
}
