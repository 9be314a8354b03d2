// Every revision there is: who made it, how it differs from the one that counts, and
// back to it.
import { $, make, say, why, announce } from './base.js'
import { ask, pathOf } from './api.js'
import { drawChanges } from './compare.js'
import { when } from './text.js'

let id, current = () => null, back = () => {}, wanted, all = []

export function readyForHistory(minutes, now, onBack) {
  id = minutes
  current = now
  back = onBack
  $('history-close').addEventListener('click', () => $('history').close())
}

// openHistory lists the revisions and shows one of them; without a name, the newest
// that does not count now.
export async function openHistory(name) {
  $('history-list').replaceChildren()
  $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('loading') }))
  $('history').showModal()
  try {
    const { revisions } = await ask('GET', pathOf(id) + '/revisions')
    all = revisions
    $('history-list').replaceChildren(...revisions.map(entry))
    const first = revisions.find(r => name ? r.revision === name : r.revision !== current().revision)
    if (first) await show(first)
    else $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('only_one') }))
  } catch (e) { wrong(e) }
}

const wrong = e => $('history-shown').replaceChildren(make('p', { className: 'note bad', textContent: why(e) }))

function entry(r) {
  const b = make('button', { type: 'button', className: 'plain' }, make('bdi', { textContent: who(r) }), when(r.at), ...(r.restores ? [make('small', { textContent: say('restores', name(r.restores)) })] : []), ...(r.revision === current().revision ? [make('small', { textContent: say('counts') })] : []))
  b.dataset.revision = r.revision
  b.onclick = () => show(r).catch(wrong)
  return make('li', {}, b)
}

const who = r => r.origin === 'automatic' ? say('by_machine') : r.author || say('by_person')
const name = revision => { const r = all.find(r => r.revision === revision); return r ? `${who(r)} · ${when(r.at).textContent}` : revision }

// show compares a revision with another, at first the one that counts. The one before
// leaves at once: nobody shall bring back another than is named.
async function show(r, against = current().revision) {
  wanted = r.revision + against
  for (const b of $('history-list').querySelectorAll('button')) b.ariaCurrent = b.dataset.revision === r.revision ? 'true' : null
  if (r.revision === against && all.length > 1) return $('history-shown').replaceChildren(bar(r, against), make('p', { className: 'empty', textContent: say('this_counts') }))
  $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('loading') }))
  const now = current(), { sentences } = await ask('GET', `${pathOf(id)}/revisions/${encodeURIComponent(against)}/compare?${new URLSearchParams({ with: r.revision })}`)
  if (wanted !== r.revision + against) return
  $('history-shown').replaceChildren(bar(r, against, now), ...drawChanges(sentences))
}

// bar chooses what a revision is compared with, and brings it back.
function bar(r, against, now) {
  const with_ = make('select', { id: 'history-with', ariaLabel: say('compared') }, ...all.map(o => make('option', { value: o.revision, selected: o.revision === against, textContent: (o.revision === current().revision ? say('counts') + ' · ' : '') + name(o.revision) })))
  with_.onchange = () => show(r, with_.value).catch(wrong)
  const restore = make('button', { type: 'button', className: 'main', textContent: say('restore') })
  restore.onclick = () => bring(r, now, restore)
  return make('p', { className: 'row' }, make('label', {}, say('compared'), ' ', with_), ...(r.revision === current().revision ? [] : [restore]))
}

// bring makes an older revision count again, as a new one: nothing is lost.
async function bring(r, now, button) {
  button.disabled = true
  try {
    const view = await ask('POST', `${pathOf(id)}/revisions/${encodeURIComponent(r.revision)}/restore`, null, { headers: { 'If-Match': now.etag } })
    back(view)
    announce(say('restored_revision'))
    $('history').close()
  } catch (e) {
    button.disabled = false
    wrong(e)
    if (e.status === 412) back(null)
  }
}
