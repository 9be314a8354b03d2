// Captions as they are shown. Final ones stay where they are; what is being said stands
// below them, a line for each microphone, and becomes final in place.
import { $, say, make } from './base.js'

let last, unseen = 0, following = true
const shown = new Map() // the partial line of each track

const clock = ms => { const s = Math.floor(ms / 1000), two = n => String(n).padStart(2, '0'); return (s >= 3600 ? Math.floor(s / 3600) + ':' : '') + two(Math.floor(s / 60) % 60) + ':' + two(s % 60) }
const nameOf = c => c.speaker || say('speaker', c.track + 1)

const who = c => make('p', { className: 'who' }, make('b', {}, make('bdi', { textContent: nameOf(c) })), make('time', { textContent: clock(c.start_ms) }))

function item(c, text, named) {
  const li = make('li', {}, ...(named ? [who(c)] : []), make('p', { textContent: text, className: c.gap ? 'gap' : '' }))
  li.dataset.voice = c.track % 6
  return li
}

// show adds a final caption. Who hears the page is told of what is said now, and not of
// what was said before they came.
export function show(c, fresh) {
  partial({ track: c.track, text: '' }, true)
  const text = c.gap ? say('gap') : c.text, li = item(c, text, last !== c.track)
  last = c.track
  $('lines').append(li)
  name()
  if (fresh) hear(nameOf(c) + ' ' + text)
  if (!following) unseen++
  follow()
}

// partial replaces what a track said before, with nothing where the text is empty, and
// that of all tracks where none is named.
export function partial(c, final) {
  if (!c) {
    shown.clear()
    $('partials').replaceChildren()
    return
  }
  const before = shown.get(c.track)
  if (!c.text) {
    before?.remove()
    shown.delete(c.track)
  } else if (before) {
    before.lastChild.textContent = c.text
  } else {
    const li = item(c, c.text, true)
    shown.set(c.track, li)
    $('partials').append(li)
  }
  if (final) return
  name()
  follow()
}

// name hides the name over what goes on from the last final caption.
function name() {
  let first = true
  for (const [track, li] of shown) {
    if (li === $('partials').firstChild) li.firstChild.hidden = first && track === last
    else li.firstChild.hidden = false
    first = false
  }
}

function hear(text) {
  $('heard').append(make('p', { textContent: text }))
  while ($('heard').children.length > 5) $('heard').firstChild.remove()
}

// follow shows the newest, unless somebody reads what was said before; now brings them
// back.
export function follow(now) {
  if (now) following = true
  if (following) {
    unseen = 0
    $('captions').scrollTop = $('captions').scrollHeight
  }
  $('newest').hidden = following
  $('newest-text').textContent = unseen ? say('newest_new', unseen) : say('newest')
}

// away notices where somebody has scrolled to.
export function away() {
  const box = $('captions')
  following = box.scrollHeight - box.scrollTop - box.clientHeight < 48
  follow()
}
