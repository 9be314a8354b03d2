// How long the unit keeps its minutes, and what goes within thirty days.
import { $, make, say, why, announce } from './base.js'
import { ask, pathOf } from './api.js'
import { titleOf } from './look.js'
import { day } from './day.js'

const address = '/minutes/retention'

// showSoon says above the list that something goes.
export async function showSoon() {
  let answer
  try { answer = await ask('GET', address) } catch { return } // the list says what is wrong
  show(answer)
}

function show(r) {
  const n = r.going.length, look = make('button', { type: 'button', textContent: say('going_look') })
  look.onclick = open
  $('soon').hidden = !n
  $('soon').replaceChildren(make('span', { textContent: say('going_some', n) }), look)
  $('days').value = r.days
  $('days').disabled = $('days-save').disabled = !r.may_change
  $('set-by').textContent = r.account ? say('retention_set', r.account) : ''
  $('going').replaceChildren(...(n ? r.going.map(m => make('li', {}, make('a', { href: pathOf(m.id), dir: 'auto', textContent: titleOf(m) }), make('time', { dateTime: m.deletes_on, textContent: day(m.deletes_on) }))) : [make('li', { className: 'none', textContent: say('going_none') })]))
  $('keeping').hidden = !r.holds.length
  $('kept-reasons').replaceChildren(...r.holds.map(h => make('li', {}, make('bdi', { textContent: h.why }), make('span', { textContent: say('kept_count', h.count) }))))
}

const problem = e => {
  $('retention-problem').textContent = e ? why(e) : ''
  $('retention-problem').hidden = !e
}

async function open() {
  problem()
  $('retention').showModal()
  try { show(await ask('GET', address)) } catch (e) { problem(e) }
}

export function readyToKeep() {
  $('retain').addEventListener('click', open)
  $('retention-close').addEventListener('click', () => $('retention').close())
  $('keep').addEventListener('submit', async e => {
    e.preventDefault()
    problem()
    try {
      show(await ask('PUT', address, { days: +$('days').value }))
      announce(say('retention_done'))
    } catch (error) { problem(error) }
  })
  showSoon()
}
