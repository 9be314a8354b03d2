// A session is begun, and its page opened. A request that is sent again begins the same.
import { $, told, say, make, ask } from './base.js'
import { dress, reason } from './look.js'

const key = [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('')

const rows = () => [...$('people').children]
const free = () => { // the first microphone that nobody has
  const taken = rows().map(row => row.querySelector('select').value)
  return [...Array(told.tracks).keys()].map(String).find(n => !taken.includes(n)) ?? ''
}

function add() {
  const name = make('input', { type: 'text', maxLength: 255, placeholder: say('name') }), track = make('select'), value = free()
  track.append(make('option', { value: '', textContent: say('no_track') }), ...[...Array(told.tracks).keys()].map(n => make('option', { value: String(n), textContent: say('track', n + 1) })))
  track.value = value
  const out = make('button', { type: 'button', className: 'quiet', textContent: '×' })
  const row = make('li', {}, name, track, out)
  out.onclick = () => {
    const next = row.nextElementSibling || row.previousElementSibling
    row.remove()
    number()
    if (next) next.querySelector('input').focus()
    else $('add').focus()
  }
  $('people').append(row)
  number()
  return name
}

function number() {
  rows().forEach((row, i) => {
    const [name, track, out] = row.children
    name.ariaLabel = say('person', i + 1)
    track.ariaLabel = say('track_of', i + 1)
    out.ariaLabel = out.title = say('remove', i + 1)
  })
  $('add').hidden = rows().length >= 100
}

// participants are those with names; what is wrong with them is an error.
function participants() {
  const seen = new Set()
  return rows().flatMap((row, i) => {
    const name = row.querySelector('input').value.trim(), track = row.querySelector('select').value
    if (!name && rows().length === 1) return []
    if (!name) throw wrong(say('name_missing', i + 1), row.querySelector('input'))
    if (track !== '' && seen.has(track)) throw wrong(say('track_twice', +track + 1), row.querySelector('select'))
    seen.add(track)
    return [track === '' ? { name } : { name, track: +track }]
  })
}

const wrong = (text, at) => Object.assign(new Error(text), { code: 'here', at })

async function begin() {
  const body = { title: $('title').value.trim(), kind: $('kind').value, language: $('spoken').value, participants: participants() }
  if (told.id) body.id = told.id
  const answer = await fetch('/captions', { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'Accept-Language': document.documentElement.lang, 'Idempotency-Key': key } })
  const said = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(said.error?.message), { code: said.error?.code, status: answer.status })
  location.assign('/captions/' + said.id)
}

dress()
$('title').maxLength = told.title
$('for').hidden = !told.id
add()
$('add').addEventListener('click', () => add().focus())
$('people').addEventListener('keydown', e => {
  if (e.key !== 'Enter' || !e.target.matches('input') || e.isComposing) return
  e.preventDefault() // one name after the other is written down
  if (!$('add').hidden) add().focus()
})
$('begin').addEventListener('submit', async e => {
  e.preventDefault()
  $('problem').hidden = true
  $('go').disabled = true
  $('go').textContent = say('beginning')
  try { await begin() } catch (error) {
    $('problem').textContent = reason(error)
    $('problem').hidden = false
    error.at?.focus()
    $('go').disabled = false
    $('go').textContent = say('begin_go')
  }
})
if (told.id) ask('GET', '/captions/' + told.id + '?after=2147483647').then(() => location.replace('/captions/' + told.id), () => {}) // they are under way
