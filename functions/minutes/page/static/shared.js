// The minutes that a link opens: read, searched and heard, and nothing else.
import { $, make, say, why, language } from './base.js'
import { ask, shown } from './api.js'
import { dress, titleOf } from './look.js'
import { when, clock, languageName } from './text.js'
import * as player from './player.js'
import * as transcript from './transcript.js'
import { mark, stray, cite, follow, readyToFollow } from './follow.js'
import { find, lookAgain, readyToFind } from './find.js'
import { showSummary, readyToRead } from './summary.js'
import { tab, readyToTurn } from './tabs.js'

const path = location.pathname
let now = null

// The pass stays in this window: who closes it gives the password again.
const pass = 'toolbox.minutes.pass'
try { shown['X-Link-Pass'] = sessionStorage.getItem(pass) || '' } catch { /* the browser keeps nothing */ }

async function open() {
  try {
    show(await ask('GET', path))
  } catch (e) {
    if (e.code === 'link_password') return knock()
    $('gone').textContent = e.status === 404 ? say('not_here') : why(e)
  }
}

// knock asks for the password.
function knock() {
  $('gone').hidden = true
  $('enter').hidden = false
  $('password').focus()
}

async function enter(e) {
  e.preventDefault()
  $('enter-go').disabled = true
  $('enter-problem').hidden = true
  try {
    const answer = await ask('POST', path + '/enter', { password: $('password').value })
    shown['X-Link-Pass'] = answer.pass
    try { sessionStorage.setItem(pass, answer.pass) } catch { /* it is asked for again then */ }
    await open()
  } catch (error) {
    $('enter-problem').textContent = why(error)
    $('enter-problem').hidden = false
    $('password').select()
  }
  $('enter-go').disabled = false
}

function show(d) {
  const first = !now
  now = d
  $('gate').hidden = true
  for (const name of ['transcript', 'summary', 'tabs']) $(name).hidden = false
  document.title = `${titleOf(d)} · ${say('minutes')}`
  $('title').firstElementChild.textContent = titleOf(d)
  const facts = [when(d.created_at), d.duration_ms && clock(d.duration_ms), d.language && languageName(d.language), d.speakers.length && say('speakers', d.speakers.length)].filter(Boolean)
  $('facts').replaceChildren(...facts.flatMap((f, i) => i ? [make('span', { className: 'dot' }), f] : [f]))
  $('export').hidden = !d.transcript && !d.summary
  for (const li of $('export').querySelectorAll('.spoken')) li.hidden = !d.transcript
  player.load(d.audio || null, d.duration_ms, titleOf(d))
  if (!first) return
  if (d.summary) showSummary(d.summary, d.summary.document.language)
  else $('points').replaceChildren(make('p', { className: 'empty', textContent: say('summary_comes') }))
  if (d.transcript) speech(d)
  else $('lines').replaceChildren(make('p', { className: 'empty', textContent: say('transcript_comes') }))
}

async function speech(d) {
  try {
    await transcript.load(path, d)
  } catch (e) {
    return $('lines').replaceChildren(make('p', { className: 'note bad', textContent: why(e) }))
  }
  lookAgain()
  mark(player.now())
}

// save fetches an export, which wants the pass as all else does, and hands it over as a
// file.
async function save(format) {
  const answer = await fetch(`${path}/export?${new URLSearchParams({ format, lang: language === 'en' ? 'en' : 'zh' })}`, { headers: { ...shown } })
  if (!answer.ok) return
  const url = URL.createObjectURL(await answer.blob()), a = make('a', { href: url, download: `${titleOf(now)}.${format}` })
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

const lineOf = e => transcript.byId(e.segment) ?? transcript.indexAt(e.start_ms)

const acts = {
  seek(ms) { tab('transcript'); player.seek(ms); cite([]); follow() },
  find(term) { tab('transcript'); find(term, 0) },
  async show(e) {
    tab('transcript')
    await transcript.done()
    if (!player.isPlaying()) player.seek(e.start_ms)
    stray()
    cite([lineOf(e)])
  },
  async play(e) {
    await transcript.done()
    player.play(e.start_ms)
    cite([lineOf(e)])
    follow()
  },
}

const keys = { ' ': player.toggle, ArrowLeft: () => player.skip(-5000), ArrowRight: () => player.skip(5000), '<': () => player.faster(-1), '>': () => player.faster(1), '/': () => $('sought').select(), f: follow }

$('lines').addEventListener('click', e => {
  const line = e.target.closest('li[data-i]')
  if (!line || !e.target.closest('.at') && !getSelection().isCollapsed) return
  cite([])
  player.play(transcript.lines[+line.dataset.i].segment.start_ms)
  follow()
})
document.addEventListener('keydown', e => {
  if (!now || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !keys[e.key] || e.target.matches?.('input, textarea, select')) return
  if (e.key === ' ' && e.target.closest?.('button, a, summary') || e.target.closest?.('[role=tablist]')) return
  e.preventDefault()
  keys[e.key]()
})
for (const b of $('export').querySelectorAll('button')) b.addEventListener('click', () => save(b.dataset.format))
$('enter').addEventListener('submit', enter)
dress()
readyToFollow()
readyToFind()
readyToRead(acts)
readyToTurn()
player.ready(mark, open)
open()
