// The page of one session: what is said, as it is said.
import { $, told, say, make, announce, ask, recall, remember } from './base.js'
import { dress, reason } from './look.js'
import { show, partial, follow, away } from './lines.js'
import { watch } from './watch.js'
import { becomes } from './becomes.js'
import { readyToSpeak, silence, mute } from './speak.js'

const path = '/captions/' + told.id

function state(name) {
  document.body.dataset.state = name
  $('state-text').textContent = say(name)
  $('state').title = name === 'lost' ? say('lost_why') : ''
}

// over is the end of the meeting, whoever ended it.
function over() {
  state('over')
  silence()
  $('speaking').hidden = true
  $('over').hidden = false
  partial()
  becomes()
}

// nowhere says that there is nothing here, and where there may be something.
function nowhere(text) {
  state('over')
  silence()
  $('speaking').hidden = true
  $('state').hidden = true
  $('notice').hidden = false
  $('notice').replaceChildren(make('h2', { textContent: text }), make('a', { href: '/captions', className: 'button', textContent: say('to_begin') }))
}

async function end() {
  $('ending-yes').disabled = true
  $('ending-problem').hidden = true
  try {
    await silence() // the last sentence belongs to the meeting
    await ask('POST', path + '/end')
    $('ending').close() // the last lines come before the word that it is over
  } catch (e) {
    $('ending-problem').textContent = reason(e)
    $('ending-problem').hidden = false
  }
  $('ending-yes').disabled = false
}

function size(by) {
  const now = Math.min(7, Math.max(1, (recall().captions || 3) + by))
  remember({ ...recall(), captions: now })
  document.body.dataset.size = now
  $('smaller').disabled = now === 1
  $('larger').disabled = now === 7
  follow()
}

// hall shows captions and nothing else, on the whole screen where the browser lets us.
function hall(on) {
  document.body.classList.toggle('hall', on)
  if (on) document.documentElement.requestFullscreen?.().catch(() => {})
  else if (document.fullscreenElement) document.exitFullscreen()
  if (!on) $('hall').focus()
  follow()
  still()
}

let resting
function still() {
  clearTimeout(resting)
  document.body.classList.remove('still')
  resting = setTimeout(() => document.body.classList.add('still'), 2500)
}

function keys(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.target.matches?.('input, select') || document.querySelector('dialog[open]')) return
  const does = { f: () => hall(!document.body.classList.contains('hall')), Escape: () => document.body.classList.contains('hall') && hall(false),
    '+': () => size(1), '=': () => size(1), '-': () => size(-1), m: mute, End: () => follow(true) }[e.key]
  if (!does) return
  if (e.key !== 'Escape') e.preventDefault()
  does()
}

function begin(about) {
  $('title').textContent = about.title || say('untitled')
  document.title = [about.title, say('captions')].filter(Boolean).join(' · ')
  $('speaking').hidden = false
  readyToSpeak(about.participants || [])
  watch({
    open: () => state('live'),
    lost: () => state('lost'),
    line: (line, fresh) => {
      $('notice').hidden = true
      show(line, fresh)
    },
    partial: said => {
      $('notice').hidden = true
      partial(said)
    },
    ended: over,
    refused: e => nowhere(reason(e)),
  })
}

async function enter() {
  try {
    const now = await ask('GET', path + '?after=2147483647')
    begin(now.about)
  } catch (e) {
    if (e.status === 404 || e.status === 410) return nowhere(e.status === 404 ? say('not_here') : reason(e))
    state('lost')
    setTimeout(enter, 3000)
  }
}

dress()
size(0)
$('title').textContent = say('captions')
for (const [id, does] of Object.entries({ smaller: () => size(-1), larger: () => size(1), hall: () => hall(true), 'hall-leave': () => hall(false), newest: () => follow(true),
  end: () => { $('ending').showModal(); $('ending-no').focus() }, 'ending-no': () => $('ending').close(), 'ending-yes': end })) $(id).addEventListener('click', does)
$('link').addEventListener('click', async () => {
  await navigator.clipboard?.writeText(location.origin + path)
  announce(say('linked'))
  $('state-text').textContent = say('linked')
  setTimeout(() => { $('state-text').textContent = say(document.body.dataset.state) }, 2000)
})
$('captions').addEventListener('scroll', away, { passive: true })
addEventListener('resize', () => follow())
addEventListener('mousemove', still)
document.addEventListener('keydown', keys)
document.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement && document.body.classList.contains('hall')) hall(false) })
if (told.id) enter()
else nowhere(say('not_here'))
