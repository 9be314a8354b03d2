// The recording is heard. Where there is none, the page still has a place in it.
import { $, say, recall, remember, announce } from './base.js'
import { clock } from './text.js'

const audio = $('audio'), speeds = [...$('speed').options].map(o => +o.value)
let source = null, anew, length = 0, place = 0, dragged = false, wanted = false, mended = 0, moved = () => {}

// now is the place in milliseconds.
export const now = () => source ? audio.currentTime * 1000 : place
export const isPlaying = () => !!source && !audio.paused

// ready has the player tell its place whenever it changes, and ask for a fresh address
// once the signed one has expired.
export function ready(onMove, refresh) {
  moved = onMove
  anew = refresh
  for (const name of ['timeupdate', 'seeked', 'play']) audio.addEventListener(name, tell)
  for (const name of ['play', 'pause', 'ended']) audio.addEventListener(name, showPlaying)
  for (const name of ['durationchange', 'loadedmetadata']) audio.addEventListener(name, showLength)
  audio.addEventListener('error', mend)
  audio.addEventListener('pause', () => { if (audio.readyState) wanted = false })
  audio.addEventListener('playing', () => { $('unplayable').hidden = true; mended = 0 })
  $('play').addEventListener('click', toggle)
  $('back5').addEventListener('click', () => skip(-5000))
  $('on5').addEventListener('click', () => skip(5000))
  $('place').addEventListener('input', () => { dragged = true; seek(+$('place').value * 1000) })
  $('place').addEventListener('change', () => { dragged = false })
  $('speed').addEventListener('change', () => setSpeed(+$('speed').value))
  setSpeed(speeds.includes(recall().speed) ? recall().speed : 1)
}

// load takes the recording's signed address, and how long the recording is for what
// does not say so itself. What is being heard goes on.
export function load(a, duration, title) {
  length = duration || 0
  $('player').hidden = !a
  showLength()
  if (!a || source?.name === a.name && source.size === a.size && new Date(source.expires) - Date.now() > 60_000) return
  if (isPlaying() && source.name === a.name && source.size === a.size) { source = { ...a, stale: true }; return } // it is fetched already
  source = a
  audio.src = a.url
  if (place) audio.currentTime = place / 1000
  audio.playbackRate = audio.defaultPlaybackRate = +$('speed').value
  if ('mediaSession' in navigator) navigator.mediaSession.metadata = new MediaMetadata({ title })
}

// mend asks for a fresh address where the old one has ended, and else says what cannot
// be done.
async function mend() {
  if (source && mended++ < 2 && (new Date(source.expires) <= Date.now() || audio.error?.code === MediaError.MEDIA_ERR_NETWORK || source.stale)) {
    source = null
    await anew()
    if (wanted) play()
    return
  }
  $('unplayable').textContent = say('unplayable', source?.media_type || '')
  $('unplayable').hidden = false
  showPlaying()
}

function tell() {
  const ms = now()
  if (source && audio.readyState) place = ms // where to go on, should the address end
  $('clock').textContent = clock(ms)
  if (!dragged) $('place').value = ms / 1000
  $('place').ariaValueText = say('place_of', clock(ms), clock(total()))
  moved(ms)
}

const total = () => Number.isFinite(audio.duration) && source ? audio.duration * 1000 : length

function showLength() {
  $('place').max = Math.max(1, total() / 1000)
  $('length').textContent = clock(total())
}

function showPlaying() {
  const word = isPlaying() ? say('pause') : say('play')
  $('play').ariaLabel = $('play').title = word
  $('play').classList.toggle('playing', isPlaying())
}

export function seek(ms) {
  const to = Math.max(0, Math.min(ms, total() || ms))
  place = to
  if (source) audio.currentTime = to / 1000
  tell()
}

// play plays on, or from a place.
export function play(ms) {
  if (ms !== undefined) seek(ms)
  wanted = true
  if (source) audio.play().catch(e => { if (e.name === 'NotAllowedError') announce(say('press_play')) })
}

function pause() { audio.pause() }
export const toggle = () => isPlaying() ? pause() : play()
export const skip = ms => seek(now() + ms)

function setSpeed(speed) {
  $('speed').value = String(speed)
  audio.playbackRate = audio.defaultPlaybackRate = speed
  if (recall().speed !== speed) remember({ ...recall(), speed })
}

// faster takes the next speed, or with -1 the one before.
export function faster(step) {
  const at = speeds.indexOf(+$('speed').value) + step
  if (!speeds[at]) return
  setSpeed(speeds[at])
  announce(say('speed_is', speeds[at]))
}
