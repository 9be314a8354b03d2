// The decisions, newest first. The first page is looked at again every few seconds.
import { make, say, ask, announce } from './base.js'
import { to, asked, api } from './address.js'
import { when, number, outcome, said, entity, text, quiet, link, table, row, older, chosen, field, filters, card } from './parts.js'
import { allTexts } from './sets.js'

const every = 5000 // ms
const counted = 3 // the counts at every third look: they cost more
const outcomes = ['allow', 'monitor', 'warn', 'challenge', 'block']
const filtered = at => ({ outcome: at.outcome, app: at.app, device: at.device, account: at.account, from: at.from, to: at.to, before: at.before })

// columns of decisions as lists show them.
export const columns = (texts, apps = new Map()) => [
  [say('time'), d => when(d.at)],
  [say('outcome'), d => outcome(d.outcome)],
  [say('score'), d => number(d.score), 'number'],
  [say('reasons'), d => reasons(d, texts)],
  [say('app'), d => make('bdi', { textContent: apps.get(d.app) || d.app, title: d.app }), 'minor'],
  [say('device'), d => entity('device', d.device)],
  [say('account'), d => entity('account', d.account), 'minor'],
  [say('address'), d => d.address && entity('address', d.address), 'minor'],
]

// reasons are the strongest in words, and how many more there are.
function reasons(d, texts) {
  const way = { view: 'decision', report: d.report }, [first] = d.rules
  if (!first) return link(way, say('no_reasons'))
  const words = link(way, text(texts.get(d.ruleset)?.get(first) || first))
  return d.rules.length > 1 ? [words, ' ', quiet(say('and_more', d.rules.length - 1))] : words
}

export async function decisions(at, signal) {
  const [{ decisions: found, next }, { apps }, counts] = await Promise.all([
    ask('GET', asked('/score/decisions', filtered(at)), null, signal),
    ask('GET', '/score/apps', null, signal),
    ask('GET', '/score/page/counts', null, signal),
  ])
  const tiles = make('section', { className: 'cards', ariaLabel: say('numbers') })
  count(tiles, at, counts)
  const texts = await allTexts(found.map(d => d.ruleset)), names = new Map(apps.map(a => [a.id, a.name]))
  const list = make('div', {}, table(say('decisions'), columns(texts, names), found, say('no_decisions')))
  const news = make('button', { type: 'button', textContent: say('live'), ariaPressed: 'true', className: 'live' })
  if (!at.before) watch({ at, signal, tiles, list, news, names, seen: new Set(found.map(d => d.report)) })
  return {
    title: say('decisions'), acts: at.before ? [] : [news],
    inside: [tiles, card('', form(at, apps), list, ...older({ view: '', ...at }, next))],
  }
}

function form(at, apps) {
  const local = iso => iso ? new Date(new Date(iso) - new Date(iso).getTimezoneOffset() * 6e4).toISOString().slice(0, 16) : ''
  return filters({ ...at, view: '' },
    chosen('outcome', say('outcome'), outcomes.map(o => [o, said('outcome', o)]), at.outcome),
    chosen('app', say('app'), apps.map(a => [a.id, a.name]), at.app),
    field('device', say('device'), { value: at.device || '', placeholder: say('device_id'), size: 18 }),
    field('account', say('account'), { value: at.account || '', placeholder: say('account_id'), size: 18 }),
    field('from', say('from'), { type: 'datetime-local', value: local(at.from) }),
    field('to', say('until'), { type: 'datetime-local', value: local(at.to) }))
}

// count shows how many decisions there were of each outcome.
function count(tiles, at, { outcomes, since, alerts }) {
  const tile = (way, name, figure, small, here) => make('a', { className: 'card', href: to(way), ariaCurrent: here ? 'true' : null }, name, make('span', { className: 'figure', textContent: figure }), quiet(small))
  tiles.replaceChildren(...outcomes.map(o => tile({ ...at, view: '', before: '', outcome: at.outcome === o.outcome ? '' : o.outcome },
    outcome(o.outcome), number(o.hour), say(since ? 'in_day_least' : 'in_day', number(o.day)), at.outcome === o.outcome)),
  tile({ view: 'alerts' }, make('span', { className: 'state ' + (alerts ? 'bad' : 'good'), textContent: say('open_alerts') }), number(alerts), say('now'), false))
}

// watch adds what is decided meanwhile, while somebody looks.
function watch(page) {
  const { at, signal, tiles, list, news, names, seen } = page
  news.addEventListener('click', () => news.setAttribute('aria-pressed', String(news.ariaPressed !== 'true')))
  let looks = 0
  const timer = setInterval(async () => {
    if (document.hidden || news.ariaPressed !== 'true' || document.querySelector('dialog')) return
    try {
      const { decisions: found } = await ask('GET', asked('/score/decisions', filtered(at)), null, signal), fresh = found.filter(d => !seen.has(d.report))
      if (fresh.length) await add(list, fresh, seen, names)
      if (++looks % counted || tiles.contains(document.activeElement)) return
      count(tiles, at, await ask('GET', '/score/page/counts', null, signal))
    } catch { /* the next look may succeed */ }
  }, every)
  signal.addEventListener('abort', () => clearInterval(timer))
}

async function add(list, fresh, seen, names) {
  const shown = columns(await allTexts(fresh.map(d => d.ruleset)), names)
  for (const d of fresh) seen.add(d.report)
  const rows = fresh.map(d => row(shown, d))
  for (const r of rows) r.className = 'fresh'
  const body = list.querySelector('tbody')
  if (!body) list.replaceChildren(table(say('decisions'), shown, fresh))
  else {
    body.prepend(...rows)
    while (body.rows.length > 200) body.lastChild.remove()
  }
  announce(say('new_decisions', fresh.length))
}

// ofEntity are the last decisions of a device or an account.
export async function ofEntity(kind, id, signal) {
  const { decisions: found } = await ask('GET', asked('/score/decisions', { [kind]: id, limit: 20 }), null, signal)
  return table(say('decisions'), columns(await allTexts(found.map(d => d.ruleset))), found, say('no_decisions'))
}

export const detail = (report, signal) => ask('GET', api('decisions', report), null, signal)
