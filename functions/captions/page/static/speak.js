// Speaking: the microphone of this page, as one track. Sound is kept here until it is
// kept there, and is sent again over the next connection.
import { $, told, say, make, announce } from './base.js'
import { Waiting, rate, leave, find } from './sound.js'
import { microphone } from './device.js'
import { socket, wait, refusal } from './watch.js'

let waiting = new Waiting(), conn, sent = 0, ready = false, tries = 0, timer, ending
let on = false, muted = false, heard, awake
let early // what is heard before it is known where on the track it stands

function mic(name, text) {
  document.body.dataset.mic = name
  if ($('mic').textContent !== text) $('mic').textContent = text
  $('speak-text').textContent = say(on ? 'stop' : 'speak')
  $('mute').hidden = !on
  $('track').disabled = on || !!ending
  $('speak').disabled = !!ending
  $('level').value = on ? $('level').value : 0
}

// tell says how it stands: what is not kept is told once it is much.
function tell() {
  if (!on) return
  const seconds = Math.round((waiting.heard + 1600 * (early?.length || 0)) / rate)
  if (!ready) return mic(muted ? 'muted' : 'on', seconds > 1 ? say('mic_lost', seconds) : say('connecting'))
  if (seconds > 45) return mic(muted ? 'muted' : 'on', say('mic_behind', seconds))
  mic(muted ? 'muted' : 'on', say(muted ? 'mic_muted' : 'mic_on'))
}

// connect opens the track's connection, again and again while there is sound to send.
function connect() {
  clearTimeout(timer)
  let opened = false
  const mine = conn = socket('speak', { track: $('track').value })
  mine.binaryType = 'arraybuffer'
  mine.onopen = () => { opened = true }
  mine.onmessage = e => { if (mine === conn) take(JSON.parse(e.data)) }
  mine.onclose = async () => {
    if (mine !== conn) return
    ready = false
    if (!on && !ending) return
    if (ending?.said) return ending.done()
    tell()
    const why = opened ? null : await refusal()
    if (mine !== conn || !on && !ending) return
    if (why) return stop(why.status ? 'bad' : 'off', why.message || say('mic_off'))
    timer = setTimeout(connect, wait(tries++))
  }
}

function take(said) {
  if (said.type === 'ready') {
    ready = true
    tries = 0
    waiting.kept(said.kept)
    sent = said.kept
    settle(said.now)
    tell()
    pump()
  }
  if (said.type === 'kept') waiting.kept(Math.min(said.kept, waiting.end))
  if (said.type === 'error') stop('bad', said.message)
}

// settle places what the microphone has heard since it was opened: behind silence for as
// long as nobody spoke on the track, so that its time stays that of the meeting.
function settle(now = 0) {
  if (!early) return
  const gap = now - waiting.end - 1600 * early.length
  if (gap > rate) waiting.silence(gap)
  for (const samples of early) waiting.add(samples)
  early = null
}

// pump sends what there is, as far as the connection takes it, and the end at last.
function pump() {
  if (!ready || conn.readyState !== WebSocket.OPEN) return
  while (conn.bufferedAmount < 1 << 18) {
    const samples = waiting.from(sent).subarray(0, 1 << 14)
    if (!samples.length) break
    conn.send(samples)
    sent += samples.length
  }
  if (!ending) return
  if (sent < waiting.end) return setTimeout(pump, 100)
  if (ending.said) return
  ending.said = true
  conn.send('{"type":"end"}')
}

// hear takes a tenth of a second. Silence while it is muted keeps the time.
function hear(samples) {
  if (muted) samples.fill(0)
  const loud = samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0) / 32768
  $('level').value = Math.max(Math.sqrt(loud), $('level').value * 0.8)
  if (early) early.push(samples)
  else waiting.add(samples)
  if (waiting.full || early?.length > 6000) return silence(say('mic_full'), 2 ** 31 - 1)
  tell()
  pump()
}

async function start() {
  mic('wait', say('mic_asking'))
  $('speak').disabled = true
  try {
    heard = await microphone(hear, () => stop('bad', say('mic_gone')))
  } catch (e) { return mic('bad', e.message) }
  on = true
  early = []
  tell()
  awake?.release()
  awake = await navigator.wakeLock?.request('screen').catch(() => null)
  connect()
}

// stop ends the microphone, for a reason or at will. What is not kept yet stays.
function stop(name, text) {
  on = false
  early = null
  heard?.close()
  heard = null
  awake?.release()
  awake = null
  const was = conn
  conn = null
  ready = false
  clearTimeout(timer)
  was?.close()
  ending?.done()
  mic(name, text)
  if (name === 'bad') announce(text)
}

// silence ends the microphone, and the connection once the last sentence is kept or that
// takes too long.
export async function silence(text = say('mic_ending'), most = 30000) {
  if (!on) return
  on = false
  heard?.close()
  heard = null
  const over = new Promise(done => { ending = { done, said: false } })
  mic('wait', text)
  pump()
  await Promise.race([over, new Promise(done => setTimeout(done, most))])
  ending = null
  stop('off', say('mic_off'))
}

export function mute() {
  if (on) quiet(!muted)
}

function quiet(is) {
  muted = is
  $('mute').setAttribute('aria-pressed', String(muted))
  $('mute').textContent = say(muted ? 'unmute' : 'mute')
  tell()
}

// readyToSpeak offers the microphones that have names, or else all. A page that was
// loaded again while it spoke goes on.
export function readyToSpeak(participants) {
  const named = participants.filter(p => p.track !== undefined)
  const tracks = named.length ? named : [...Array(told.tracks).keys()].map(track => ({ track, name: say('track', track + 1) }))
  $('track').replaceChildren(...tracks.map(p => make('option', { value: p.track, textContent: p.name })))
  $('speak').addEventListener('click', () => { on ? silence() : start() })
  $('mute').addEventListener('click', mute)
  addEventListener('pagehide', () => {
    settle()
    if (on || waiting.length) leave(waiting, { track: $('track').value, on, muted })
  })
  addEventListener('offline', () => conn?.close())
  addEventListener('online', () => { if ((on || ending) && !ready) connect() })
  mic('off', say('mic_off'))
  const left = find()
  if (!left) return
  waiting = left.waiting
  $('track').value = left.track
  quiet(left.muted)
  if (left.on) start()
}
