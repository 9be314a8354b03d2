// The minutes of one recording: what is known of it, its transcript, its summary and
// its sound, and how each leads to the others.
import { $, told, make, say, why, announce } from './base.js'
import { ask, pathOf, putSummary } from './api.js'
import { dress, confirm, titleOf } from './look.js'
import { when, clock, languageName } from './text.js'
import { readyToUpload, upload } from './upload.js'
import * as player from './player.js'
import * as transcript from './transcript.js'
import { mark, stray, cite, follow, forget, readyToFollow } from './follow.js'
import { find, lookAgain, readyToFind } from './find.js'
import { showSummary, readyToRead } from './summary.js'
import { begin, isEditing, listen, readyToEdit } from './edit.js'
import { mine, others, drop } from './draft.js'
import { content, same } from './document.js'
import { readyForHistory, openHistory } from './history.js'
import { readyToName } from './name.js'
import { tab, readyToTurn } from './tabs.js'
import { readyForKeys } from './keys.js'
import { showState } from './state.js'
import { readyToExport, showExport } from './export.js'
import { showAccess, mayEdit, readyToShare } from './sharing.js'
import { suggest } from './conflict.js'
import { correct, readyForTools, readyToCorrect, resume } from './line.js'
import { load as loadNotes, draw as drawNotes, comment, highlight } from './notes.js'
import { openPeople, readyForPeople } from './people.js'
import { offerEverywhere, readyForEverywhere } from './everywhere.js'
import { readyToSummarise } from './again.js'
import { readyForOccasion } from './occasion.js'

const path = pathOf(told.id)
let now = null, drawn = '', sent = '', asked = '', timer

const stopped = d => d.state === 'failed' || d.state === 'waiting'

// refresh reads the minutes, and shows what has changed.
async function refresh() {
  clearTimeout(timer)
  try {
    show(await ask('GET', path))
  } catch (e) {
    if (!now || e.status === 410 || e.status === 404) return gone(e)
  }
  if (now && (now.state !== 'summarised' && !stopped(now) || stands(now) === sent || stands(now) === asked)) timer = setTimeout(refresh, 2000)
}

function gone(e) {
  for (const name of ['tabs', 'player', 'export', 'others', 'share']) $(name).hidden = true
  document.title = say('minutes')
  $('main').replaceChildren(make('div', { className: 'gone' }, make('h2', { textContent: e.status === 404 ? say('not_here') : e.status ? e.message : why(e) }), make('a', { className: 'button', href: '/minutes', textContent: say('to_list') })))
}

function show(d) {
  const before = now
  now = d
  document.title = `${titleOf(d)} · ${say('minutes')}`
  if (!$('title').querySelector('input')) $('title').firstElementChild.textContent = titleOf(d)
  $('rename').hidden = false
  const facts = [when(d.recorded_at || d.created_at), d.place && make('bdi', { textContent: d.place }), d.duration_ms && clock(d.duration_ms), d.language && languageName(d.language), d.speakers.length && people(d.speakers.length)].filter(Boolean)
  $('facts').replaceChildren(...facts.flatMap((f, i) => i ? [make('span', { className: 'dot' }), f] : [f]))
  showState(d, again)
  showExport(d)
  showAccess(d)
  player.load(d.audio || null, d.duration_ms, titleOf(d))
  const which = d.transcript && JSON.stringify([d.name, d.timings.uploaded_at, d.transcript.revision, d.transcript.segments, d.speakers])
  if (which && which !== drawn) speech(d)
  if (!which) $('lines').replaceChildren(make('p', { className: 'empty', textContent: stopped(d) ? say('no_transcript') : say('transcript_comes') }))
  drawn = which
  if (!isEditing() && (!d.summary || d.summary.revision !== before?.summary?.revision || d.summary.newer_automatic !== before.summary.newer_automatic)) sum(d)
  if (before && before.state !== d.state) announce(d.state_text)
}

function people(n) {
  const b = make('button', { type: 'button', id: 'speakers', className: 'plain', textContent: say('speakers', n) })
  b.onclick = () => openPeople()
  return b
}

// speech loads the transcript, and goes to the place that the address names.
async function speech(d) {
  forget()
  try {
    await transcript.load(path, d)
  } catch (e) {
    $('lines').replaceChildren(make('p', { className: 'note bad', textContent: why(e) }))
    return
  }
  resume()
  await loadNotes()
  lookAgain()
  mark(player.now())
}

async function arrive() {
  const at = new URLSearchParams(location.search), ms = +at.get('at')
  await transcript.done()
  if (ms) player.seek(ms)
  if (at.get('q')) find(at.get('q'), transcript.indexAt(ms))
  else if (ms) cite([transcript.indexAt(ms)])
}

function sum(d) {
  $('edit').hidden = $('revisions').hidden = !d.summary
  if (!d.summary) {
    $('origin').replaceChildren()
    $('points').replaceChildren(make('p', { className: 'empty', textContent: stopped(d) ? say('no_summary') : say('summary_comes') }))
    return
  }
  showSummary(d.summary, d.summary.document.language)
  drawNotes()
  offer(d.summary)
  drafts()
}

const dismissed = () => { try { return sessionStorage.getItem('toolbox.minutes.not.' + told.id) } catch { return '' } }

// offer tells of a newer automatic summary. It replaces nothing by itself.
function offer({ newer_automatic: newer }) {
  if (!newer || dismissed() === newer) return
  const look = make('button', { type: 'button', textContent: say('offer_look') }), not = make('button', { type: 'button', className: 'quiet', textContent: say('offer_keep') })
  const note = make('div', { className: 'note', id: 'offer' }, make('p', { textContent: say('offer') }), make('p', { className: 'row' }, look, not))
  look.onclick = async () => {
    try {
      const view = await suggest(told.id, now.summary)
      if (view) taken(view)
    } catch (e) { announce(why(e)) }
  }
  not.onclick = async () => {
    try { taken(await putSummary(told.id, content(now.summary.document), now.summary.etag, newer)) } catch (e) {
      if (e.status === 412) return refresh()
      announce(why(e))
    }
  }
  $('points').prepend(note)
}

// drafts brings back what was typed in this window, and offers what another one left.
function drafts() {
  const own = mine(told.id)
  if (own?.document && own.base) {
    if (!same(own.document, content(now.summary.document))) return edit(own)
    drop(told.id)
  }
  const [left] = others(told.id)
  if (!left) return
  const [key, draft] = left, take = make('button', { type: 'button', textContent: say('draft_take') }), away = make('button', { type: 'button', className: 'quiet', textContent: say('draft_drop') })
  const note = make('div', { className: 'note' }, make('p', {}, say('draft_left'), ' ', when(draft.at)), make('p', { className: 'row' }, take, away))
  take.onclick = () => { drop(told.id, key); edit(draft) }
  away.onclick = () => { drop(told.id, key); note.remove() }
  $('points').prepend(note)
}

function edit(draft, at) {
  if (!mayEdit()) return
  tab('summary')
  begin(now.summary, draft, at)
}

// taken shows a summary that was saved, or the old one where nothing was.
function taken(view) {
  if (view) now = { ...now, summary: view }
  sum(now)
  if (!view) refresh()
  $('edit').focus()
}

async function again() {
  const was = stands(now)
  if (!await upload({ id: told.id, language: now.language })) return
  sent = was // until the store's news of it arrives
  refresh()
}

const stands = d => JSON.stringify([d.state, d.name, d.timings, d.refusal])

// lineOf is the line that evidence names; where a later transcript cut otherwise, the
// one that is said at its time.
const lineOf = e => transcript.byId(e.segment) ?? transcript.indexAt(e.start_ms)

const acts = {
  comment(anchor) { comment(anchor) },
  seek(ms) { tab('transcript'); player.seek(ms); cite([]); follow() },
  async find(term) { tab('transcript'); find(term, 0) },
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

$('lines').addEventListener('click', e => {
  const line = e.target.closest('li[data-i]')
  if (!line || e.target.closest('.beside, .tools')) return
  if (!e.target.closest('.at') && !getSelection().isCollapsed) return // who selects text does not want to hear it
  const { segment } = transcript.lines[+line.dataset.i]
  cite([])
  player.play(segment.start_ms)
  follow()
})
$('points').addEventListener('dblclick', e => {
  const point = e.target.closest('li[data-point]')
  if (point && !isEditing() && now.summary && e.target.closest('p')) edit(null, point.dataset.point)
})
$('edit').addEventListener('click', () => edit())
$('revisions').addEventListener('click', () => openHistory())
$('instead').addEventListener('click', again)
$('delete').addEventListener('click', async () => {
  const name = make('b', {}, make('bdi', { textContent: titleOf(now) }))
  if (await confirm(say('delete_sure'), [name, make('br'), say('delete_what')], say('delete'), () => ask('DELETE', path))) location.assign('/minutes')
})
document.addEventListener('visibilitychange', () => { if (!document.hidden && now) { refresh(); loadNotes() } })

dress()
readyToUpload()
readyToFollow()
readyToFind()
readyToRead(acts)
readyToEdit(told.id, taken)
listen()
readyForHistory(told.id, () => now.summary, view => view ? taken(view) : refresh())
readyToName(path, told.title, refresh)
readyToShare(path, refresh)
readyToTurn()
readyToExport(path)
readyToCorrect(offerEverywhere)
readyForEverywhere()
transcript.letName()
readyForPeople(refresh)
readyForOccasion(() => now, refresh)
readyToSummarise(() => { asked = stands(now); refresh() })
const point = readyForTools([
  { word: say('line_edit'), icon: 'M5 19l1-4L16.500 4.500l3 3L9 18zM14 7l3 3', act: correct },
  { word: say('comment_on'), icon: 'M4 5h16v11H9l-5 4z', act: i => comment('line ' + transcript.lines[i].segment.id) },
  { word: say('highlight'), icon: 'M4 20h7M6 15l9-11 4 3-9 11H6z', act: highlight },
])
readyForKeys({
  x: i => { point(i); correct(i) }, c: i => { point(i); comment('line ' + transcript.lines[i].segment.id) }, h: i => highlight(i),
})
player.ready(ms => { mark(ms); if (!document.querySelector('.tools:hover')) point(transcript.indexAt(ms)) }, refresh)
if (told.id) refresh().then(() => { if (now) arrive() })
else gone({ status: 404 })
