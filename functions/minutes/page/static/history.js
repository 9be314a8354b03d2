// Every revision there is: who made it, how it differs from the one that counts, and
// back to it.
import { $, make, say, why, announce } from './base.js'
import { ask, pathOf, putSummary } from './api.js'
import { content } from './document.js'
import { drawChanges } from './compare.js'
import { when } from './text.js'

let id, current = () => null, back = () => {}, wanted

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
    $('history-list').replaceChildren(...revisions.map(entry))
    const first = revisions.find(r => name ? r.revision === name : r.revision !== current().revision)
    if (first) await show(first)
    else $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('only_one') }))
  } catch (e) { wrong(e) }
}

const wrong = e => $('history-shown').replaceChildren(make('p', { className: 'note bad', textContent: why(e) }))

function entry(r) {
  const who = r.origin === 'automatic' ? say('by_machine') : r.author || say('by_person')
  const b = make('button', { type: 'button', className: 'plain' }, make('bdi', { textContent: who }), when(r.at), ...(r.revision === current().revision ? [make('small', { textContent: say('counts') })] : []))
  b.dataset.revision = r.revision
  b.onclick = () => show(r).catch(wrong)
  return make('li', {}, b)
}

// show compares a revision with the one that counts. The one before leaves at once:
// nobody shall bring back another than is named.
async function show(r) {
  wanted = r.revision
  for (const b of $('history-list').querySelectorAll('button')) b.ariaCurrent = b.dataset.revision === r.revision ? 'true' : null
  if (r.revision === current().revision) return $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('this_counts') }))
  $('history-shown').replaceChildren(make('p', { className: 'empty', textContent: say('loading') }))
  const { document } = await ask('GET', `${pathOf(id)}/revisions/${encodeURIComponent(r.revision)}`), now = current()
  if (wanted !== r.revision) return
  const restore = make('button', { type: 'button', className: 'main', textContent: say('restore') })
  restore.onclick = () => bring(r, document, now, restore)
  $('history-shown').replaceChildren(make('p', { className: 'row' }, make('span', { textContent: say('compared') }), restore), ...drawChanges(content(now.document), content(document)))
}

// bring makes an older revision count again, as a new one: nothing is lost.
async function bring(r, document, now, button) {
  button.disabled = true
  try {
    const view = await putSummary(id, content(document), now.etag, r.origin === 'automatic' ? r.revision : '')
    back(view)
    announce(say('restored_revision'))
    $('history').close()
  } catch (e) {
    button.disabled = false
    wrong(e)
    if (e.status === 412) back(null)
  }
}
