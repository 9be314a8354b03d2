// What the page's address names is shown; whatever is chosen is an address, so that the
// browser goes back and a view can be sent as a link.
import { $, make, say, why, recall, remember, systemTheme } from './base.js'
import { here, to, isHere } from './address.js'
import { onDone } from './act.js'
import { decisions } from './decisions.js'
import { decision } from './decision.js'
import { device, entityView } from './device.js'
import { alerts, alert, suppressions } from './alerts.js'
import { commands, lists, list } from './lists.js'
import { rulesets, ruleset } from './rulesets.js'
import { replay } from './replay.js'
import { apps, audit } from './apps.js'

// Each view has the tab that it belongs to.
const views = {
  decisions: [decisions, 'decisions'], decision: [decision, 'decisions'], device: [device, 'decisions'], entity: [entityView, 'decisions'],
  alerts: [alerts, 'alerts'], alert: [alert, 'alerts'], suppressions: [suppressions, 'alerts'],
  commands: [commands, 'commands'], lists: [lists, 'lists'], list: [list, 'lists'],
  rulesets: [rulesets, 'rulesets'], ruleset: [ruleset, 'rulesets'], replay: [replay, 'rulesets'],
  apps: [apps, 'apps'], audit: [audit, 'audit'],
}

let stop = new AbortController()

// show shows what the address names. Who moved on goes to its heading.
async function show(moved) {
  stop.abort()
  stop = new AbortController()
  const { signal } = stop, at = here(), [view, tab] = views[at.view] || views.decisions
  for (const a of $('views').children) a.dataset.view === tab ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current')
  $('views').querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'center' })
  $('main').setAttribute('aria-busy', 'true')
  let shown
  try {
    shown = await view(at, signal)
  } catch (error) {
    const again = make('button', { type: 'button', textContent: say('again') })
    again.addEventListener('click', () => show(true))
    shown = { title: say('not_shown'), inside: [make('section', { className: 'card' }, make('p', { role: 'alert', textContent: error.status === 401 ? say('signed_out') : why(error) }), again)] }
  }
  if (signal.aborted) return
  draw(shown)
  if (moved) $('heading').focus({ preventScroll: true })
}

function draw({ title, acts = [], inside }) {
  $('heading').textContent = title
  document.title = `${title} · ${say('risk')}`
  $('acts').replaceChildren(...acts)
  $('view').replaceChildren(...inside)
  $('main').setAttribute('aria-busy', 'false')
}

function go(address) {
  history.pushState(null, '', address)
  scrollTo(0, 0)
  show(true)
}

document.addEventListener('click', e => {
  const link = e.target.closest?.('a[href]')
  if (!link || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return
  const url = new URL(link.getAttribute('href'), location)
  if (!isHere(url)) return
  e.preventDefault()
  go(url.pathname + url.search)
})

document.addEventListener('submit', e => {
  if (!e.target.matches('form.filters')) return
  e.preventDefault()
  const values = Object.fromEntries([...new FormData(e.target)].map(([name, value]) => [name, value.trim()]))
  for (const f of e.target.querySelectorAll('[type=datetime-local]')) values[f.name] = f.value && new Date(f.value).toISOString()
  go(to({ view: e.target.dataset.view, ...values }))
})

// A change is seen where it was made, or where it leads.
onDone((then, still) => then ? go(to(then)) : show(!still))

function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen
  $('theme').setAttribute('aria-pressed', String((chosen || systemTheme()) === 'dark'))
}
$('theme').addEventListener('click', () => {
  const chosen = $('theme').getAttribute('aria-pressed') === 'true' ? 'light' : 'dark'
  remember({ ...recall(), theme: chosen })
  theme(chosen)
})

theme(recall().theme)
addEventListener('popstate', () => show(true))
show(false)
