// The browse page. What its address names is shown; whatever is chosen is an address,
// so that the browser goes back and a list can be sent as a link.
import { $, told, say, recall, remember, systemTheme } from './base.js'
import { here, to, list } from './address.js'
import { describe, showList, onMore, forget } from './list.js'
import { narrow } from './kinds.js'
import { showBook } from './book.js'
import { showMine } from './mine.js'

const views = {
  list: [at => showList(at, history.state?.pages), 'heading'],
  book: [showBook, 'book-title'],
  mine: [showMine, 'mine-title'],
}

// show shows what the address names. Who moved on goes to its heading.
async function show(moved) {
  const at = here(), view = at.edition ? 'book' : at.view === 'mine' ? 'mine' : 'list', { top } = history.state || {}
  for (const name of Object.keys(views)) $(name).hidden = name !== view
  document.body.dataset.view = view
  unfold(false)
  describe(at)
  if (view === 'list') document.title = [at.q, say('library')].filter(Boolean).join(' · ')
  if (view === 'mine') document.title = `${say('mine')} · ${say('library')}`
  const [draw, heading] = views[view]
  await draw(at)
  if (to(here()) !== to(at)) return // meanwhile the reader went on
  if (moved) $(heading)?.focus({ preventScroll: true })
  scrollTo(0, top || 0)
}

function keepPlace(more) { history.replaceState({ ...history.state, top: scrollY, ...more }, '') }

function go(address) {
  keepPlace()
  if (address === location.pathname + location.search) { // once more: what is there now
    forget()
    history.replaceState(null, '')
  } else history.pushState(null, '', address)
  scrollTo(0, 0)
  show(true)
}

document.addEventListener('click', e => {
  const link = e.target.closest?.('a[href]')
  if (!link || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return
  const url = new URL(link.href)
  if (url.origin !== location.origin || url.pathname !== '/library' || url.hash) return
  e.preventDefault()
  go(url.pathname + url.search)
})

$('search').addEventListener('submit', e => {
  e.preventDefault()
  const at = list(here())
  go(to({ ...at, q: $('query').value.trim(), field: $('field').value, order: '' }))
})
$('order').addEventListener('change', () => go(to({ ...list(here()), order: $('order').value })))
$('more').addEventListener('click', async () => keepPlace({ pages: await onMore(here()) }))

// On narrow screens what narrows the list lies over it when it is asked for.
const unfolded = () => $('kinds').classList.contains('open')
function unfold(open) {
  if (open === unfolded()) return
  $('narrow').setAttribute('aria-expanded', String(open))
  $('kinds').classList.toggle('open', open)
  $('main').inert = document.querySelector('header').inert = open
  ;(open ? $('close') : $('narrow')).focus()
}
$('narrow').addEventListener('click', () => unfold(true))
$('close').addEventListener('click', () => unfold(false))
narrow.addEventListener('change', () => unfold(false))

document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
  const writing = e.target.matches?.('input, select, textarea')
  if (e.key === '/' && !writing) {
    e.preventDefault()
    $('query').focus()
    $('query').select()
  }
  if (e.key !== 'Escape') return
  if (unfolded()) unfold(false)
  else if (writing) $('main').focus()
  else if ($('list').hidden) go(to(list(here())))
})

// The theme is that of the reading page, and the system's until one was chosen.
function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen
  const dark = (chosen || systemTheme()) === 'dark'
  $('theme').setAttribute('aria-pressed', String(dark))
}
$('theme').addEventListener('click', () => {
  const chosen = $('theme').getAttribute('aria-pressed') === 'true' ? 'light' : 'dark'
  remember({ ...recall(), theme: chosen })
  theme(chosen)
})

$('query').maxLength = told.most
theme(recall().theme)
history.scrollRestoration = 'manual'
addEventListener('popstate', () => show(true))
addEventListener('pagehide', () => keepPlace())
show(false)
