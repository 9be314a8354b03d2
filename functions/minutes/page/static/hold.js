// Reasons to keep the minutes, and when they go where there is none.
import { $, make, say } from './base.js'
import { ask } from './api.js'
import { day } from './day.js'

let path = '', doing, changed

export function showHolds({ holds = [], deletes_on: on, may }) {
  $('stay').textContent = (on ? say('stay_until', day(on)) : say('stay_ever')) + ' ' + say('stay_held')
  $('holds').replaceChildren(...holds.map(entry))
  $('hold').hidden = may === 'read'
}

function entry(h) {
  const lift = make('button', { type: 'button', textContent: say('hold_lift'), ariaLabel: say('hold_lift_of', h.why) })
  lift.onclick = () => doing(lift, async () => {
    await ask('DELETE', `${path}/hold?${new URLSearchParams({ why: h.why })}`)
    await changed()
  })
  return make('li', {}, make('span', {}, make('bdi', { textContent: h.why }), make('small', {}, make('bdi', { textContent: h.account || say('app') }), ' · ', day(h.at))), lift)
}

export function readyToHold(minutes, how, then) {
  path = minutes
  doing = how
  changed = then
  $('hold').addEventListener('submit', e => {
    e.preventDefault()
    doing($('hold-add'), async () => {
      await ask('PUT', path + '/hold', { why: $('hold-why').value.trim() })
      $('hold').reset()
      await changed()
    })
  })
}
