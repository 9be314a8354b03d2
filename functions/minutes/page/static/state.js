// Where a recording stands, while it is not done or where something went wrong.
import { $, make, say } from './base.js'

let drawn = ''

// showState says it in words, and what to do.
export function showState(d, again) {
  const parts = []
  if (d.state !== 'summarised') parts.push(state(d))
  else if (d.refusal) parts.push(make('p', {}, say('newest_refused'), ' ', make('bdi', { textContent: d.refusal.name || '' }), ' ', d.refusal.message))
  const key = JSON.stringify([d.state_text, d.progress, d.refusal])
  $('state').hidden = !parts.length
  if (key === drawn) return
  drawn = key
  const bad = d.refusal || d.state === 'failed'
  $('state').className = 'note' + (bad ? ' bad' : '')
  if (d.refusal) parts.push(make('details', {}, make('summary', { textContent: say('for_operator') }), make('p', { dir: 'auto', textContent: `${d.refusal.stage}: ${d.refusal.code}: ${d.refusal.reason}` })))
  if (d.refusal || d.state === 'awaiting_upload') parts.push(button(again))
  $('state').replaceChildren(...parts)
}

function state(d) {
  const p = make('p', {}, make('span', { textContent: d.state_text }))
  if (d.progress) p.append(' ', make('progress', { max: d.progress.chunks, value: d.progress.ended, ariaLabel: d.state_text }))
  return p
}

function button(again) {
  const b = make('button', { type: 'button', textContent: say('upload_again') })
  b.onclick = again
  return b
}
