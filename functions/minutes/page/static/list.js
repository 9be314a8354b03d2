// The list of minutes. Its search and its state stand in the address, so that a list
// can be sent as a link; while something is being worked on it is asked for anew.
import { $, told, make, say, why, announce, language } from './base.js'
import { ask, pathOf } from './api.js'
import { dress, confirm, titleOf } from './look.js'
import { row } from './row.js'
import { upload, readyToUpload } from './upload.js'
import { readyToKeep } from './retention.js'
import { readyForGlossary } from './glossary.js'

const working = ['uploaded', 'transcribing', 'transcribed']
let shown = [], next = '', stop, timer, fresh = {}

const here = () => Object.fromEntries(new URLSearchParams(location.search))
function address(change) {
  const to = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...here(), ...change })) if (value && name !== 'lang') to.set(name, value)
  return '/minutes' + (to.size ? '?' + to : '')
}

function query(more) {
  const all = new URLSearchParams({ limit: more.limit || 20 }), asked = here()
  for (const name of ['state', ...sought]) if (asked[name]) all.set(name, asked[name])
  if (more.after) all.set('after', more.after)
  return (searching() ? '/minutes/search?' : '/minutes?') + all
}

// What is searched for besides a state; the fields of the search have these names.
const sought = ['q', 'speaker', 'from', 'to', 'kind']
const searching = () => sought.some(name => here()[name])

// show reads the list from its beginning.
async function show() {
  stop?.abort()
  stop = new AbortController()
  const { q = '', state = '' } = here(), { signal } = stop
  $('query').value = q
  $('state').value = state
  for (const name of sought.slice(1)) $(name).value = here()[name] || ''
  if (sought.slice(1).some(name => here()[name])) $('filters').open = true
  $('heading').textContent = q ? say('found_for', q) : searching() ? say('found') : say('all')
  document.title = [q, say('minutes')].filter(Boolean).join(' · ')
  $('list').setAttribute('aria-busy', 'true')
  if (!shown.length) notice(say('loading'))
  try {
    const answer = await ask('GET', query({}), null, { signal })
    take(found(answer), answer.next)
    if (searching()) announce(shown.length ? say('count', shown.length + (next ? '+' : '')) : say('none'))
  } catch (e) {
    if (signal.aborted) return
    shown = []
    draw()
    const again = make('button', { type: 'button', textContent: say('again') })
    again.onclick = show
    notice(make('p', { textContent: why(e) }), again)
  }
  if (!signal.aborted) {
    $('list').removeAttribute('aria-busy')
    watch()
  }
}

const found = answer => answer.hits || answer.minutes

function take(minutes, then) {
  shown = minutes
  next = then || ''
  draw()
}

function notice(...inside) { $('notice').replaceChildren(...inside) }

const actions = { remove, again: m => begin(m) }

function draw() {
  const { q } = here(), focus = document.activeElement?.closest?.('#list li')?.dataset.id, at = document.activeElement?.className
  $('list').replaceChildren(...shown.map(m => row(m, q, actions)))
  $('more').hidden = !next
  if (focus) $('list').querySelector(`li[data-id="${CSS.escape(focus)}"] .${CSS.escape(at?.split(' ')[0] || 'title')}`)?.focus()
  if (shown.length) notice()
  else empty()
}

// empty says what to do where there is nothing.
function empty() {
  if (here().state || searching()) return notice(make('p', { textContent: say('none') }), make('a', { href: '/minutes', className: 'button', textContent: say('clear') }))
  const first = make('button', { type: 'button', className: 'main', textContent: say('upload') })
  first.onclick = () => begin()
  notice(make('h3', { textContent: say('empty') }), make('p', { textContent: say('empty_how') }), first)
}

// watch asks again while something is on its way, more seldom while nothing is.
function watch() {
  clearTimeout(timer)
  const soon = shown.some(m => working.includes(m.state) || m.id === fresh.id && m.state === fresh.was)
  timer = setTimeout(async () => {
    if (!document.hidden) await again()
    watch()
  }, soon ? 2000 : 20000)
}

// again reads what is shown once more. What was there before tells what ended.
async function again() {
  const { signal } = stop, before = new Map(shown.map(m => [m.id, m.state]))
  try {
    const answer = await ask('GET', query({ limit: Math.min(100, Math.max(20, shown.length)) }), null, { signal })
    if (signal.aborted || JSON.stringify(found(answer)) === JSON.stringify(shown)) return
    take(found(answer), answer.next)
    for (const m of shown) if (before.has(m.id) && before.get(m.id) !== m.state && !working.includes(m.state)) announce(`${titleOf(m)}${language === 'en' ? ': ' : '：'}${m.state_text}`)
  } catch { /* the next time tells */ }
}

async function more() {
  $('more').disabled = true
  try {
    const answer = await ask('GET', query({ after: next })), first = shown.length
    take([...shown, ...found(answer)], answer.next)
    $('list').children[first]?.querySelector('a').focus()
  } catch (e) { notice(why(e)) }
  $('more').disabled = false
}

async function remove(m) {
  const name = make('b', {}, make('bdi', { textContent: titleOf(m) }))
  if (!await confirm(say('delete_sure'), [name, make('br'), say('delete_what')], say('delete'), () => ask('DELETE', pathOf(m.id)))) return
  announce(say('deleted'))
  take(shown.filter(other => other.id !== m.id), next)
  $('main').focus()
}

async function begin(minutes) {
  const id = await upload(minutes)
  if (!id) return
  fresh = { id, was: minutes?.state || 'awaiting_upload' } // until the store's news of it arrives
  await show()
}

function go(change) {
  history.pushState(null, '', address(change))
  show()
}

function keys(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector('dialog[open]')) return
  const writing = e.target.matches?.('input, select, textarea')
  if (e.key === '/' && !writing) {
    e.preventDefault()
    $('query').select()
  }
  if (e.key === 'n' && !writing) {
    e.preventDefault()
    begin()
  }
  if (e.key === 'Escape' && e.target === $('query')) {
    $('query').value = ''
    go({ q: '' })
    $('main').focus()
  }
}

dress()
readyToUpload()
readyToKeep()
$('query').maxLength = told.query
$('search').addEventListener('submit', e => { e.preventDefault(); go({ q: $('query').value.trim() }) })
$('query').addEventListener('search', () => { if (!$('query').value && here().q) go({ q: '' }) })
$('state').addEventListener('change', () => go({ state: $('state').value }))
for (const name of sought.slice(1)) $(name).addEventListener('change', () => go({ [name]: $(name).value.trim() }))
$('more').addEventListener('click', more)
readyForGlossary()
$('new').addEventListener('click', () => begin())
document.addEventListener('keydown', keys)
document.addEventListener('dragover', e => { if (e.dataTransfer.types.includes('Files')) e.preventDefault() })
document.addEventListener('drop', e => { // wherever on the page a file falls
  if (e.defaultPrevented || !e.dataTransfer.files[0] || document.querySelector('dialog[open]')) return
  e.preventDefault()
  begin({ file: e.dataTransfer.files[0] })
})
addEventListener('popstate', show)
addEventListener('pageshow', e => { if (e.persisted) again() })
show()
