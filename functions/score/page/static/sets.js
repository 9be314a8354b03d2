// What stays the same: rule sets by their version, and the catalogue of signals. Each
// is asked for once.
import { ask } from './base.js'
import { api } from './address.js'
import { own } from './parts.js'

const kept = new Map()

// once remembers an answer; one that failed is asked for again.
function once(address) {
  if (!kept.has(address)) {
    const answer = ask('GET', address)
    answer.catch(() => kept.delete(address))
    kept.set(address, answer)
  }
  return kept.get(address)
}

// ruleTexts are the rules of a version by their ids, in the reader's language.
export async function ruleTexts(version) {
  const { rules } = await once(api('rulesets', version))
  return new Map(rules.rules.map(r => [r.id, own(r)]))
}

// signalTexts are the signals by their ids.
export async function signalTexts() {
  const { signals } = await once('/score/signals')
  return new Map(signals.map(s => [s.id, s]))
}

// allTexts are the rules of several versions.
export async function allTexts(versions) {
  const all = await Promise.all([...new Set(versions)].map(async v => [v, await ruleTexts(v).catch(() => new Map())]))
  return new Map(all)
}
