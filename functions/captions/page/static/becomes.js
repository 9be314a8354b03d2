// What a meeting becomes: its minutes are there a while after it has ended.
import { $, told, say, announce } from './base.js'

const path = '/minutes/' + told.id

// there reports whether the minutes are, as far as can be told.
async function there() {
  try { return (await fetch(path, { headers: { Accept: 'application/json' } })).ok } catch { return false }
}

// becomes leads to the minutes once they are there; where that takes long, all the same.
export async function becomes() {
  if (!$('lines').children.length) return tell('over_nothing')
  for (let tries = 0; tries < 60 && !await there(); tries++) await new Promise(done => setTimeout(done, 1000))
  tell('over_ready')
  $('to-minutes').href = path
  $('to-minutes').hidden = false
  if (document.activeElement === document.body) $('to-minutes').focus()
}

function tell(key) {
  $('notice').hidden = true
  $('over-text').textContent = say(key)
  announce(say(key))
}
