// Two people edited one summary: both versions are shown side by side, and whoever
// comes second chooses, sentence by sentence. What only one of them touched is chosen
// already; where both did, both are kept until somebody says otherwise.
import { $, make, say, why } from './base.js'
import { ask, pathOf, putSummary, token } from './api.js'
import { content, merge, chosen, same } from './document.js'
import { difference } from './compare.js'
import { order } from './summary.js'
import { moment } from './text.js'

// resolve has a person choose, and writes what comes of it. It answers with the new
// revision, or with nothing where the choice is put off: the draft is there still.
export async function resolve(id, edit, keepDraft) {
  let { base, document: mine } = edit
  for (;;) {
    const view = await ask('GET', pathOf(id) + '/summary'), theirs = content(view.document), choices = merge(base, mine, theirs)
    if (!choices.length) return view // both wrote the same
    const document = await choose(view, choices, () => chosen(mine, theirs, choices, () => 'n-' + token().slice(0, 12)), async document => {
      keepDraft(document)
      return same(document, theirs) ? view : putSummary(id, document, view.etag)
    })
    if (!document || !document.again) return document
    base = theirs // somebody was quicker once more
    mine = document.again
  }
}

function choose(view, choices, result, write) {
  $('conflict-why').replaceChildren(say('conflict_why'), ' ', make('bdi', { textContent: view.author || say('somebody') }), ' · ', moment(view.at))
  $('choices').replaceChildren(...choices.map(choice))
  $('conflict-problem').hidden = true
  $('conflict-save').disabled = false
  for (const [name, pick] of [['all-mine', 'mine'], ['all-theirs', 'theirs'], ['all-both', 'both']]) $(name).onclick = () => all(choices, pick)
  $('conflict').showModal()
  return new Promise(done => {
    const end = with_ => { $('conflict').onclose = null; $('conflict').close(); done(with_) }
    $('conflict').onclose = () => done(null)
    $('conflict-close').onclick = $('conflict-later').onclick = () => end(null)
    $('conflict-save').onclick = async () => {
      $('conflict-save').disabled = true
      const document = result()
      try { end(await write(document)) } catch (e) {
        if (e.status === 412) return end({ again: document })
        $('conflict-problem').textContent = why(e)
        $('conflict-problem').hidden = false
        $('conflict-save').disabled = false
      }
    }
  })
}

// all picks one side everywhere; both only where there are two.
function all(choices, pick) {
  choices.forEach((c, i) => {
    const radio = $('choices').children[i].querySelector(`input[value=${pick}]`)
    if (!radio) return
    radio.checked = true
    c.pick = pick
  })
}

function choice(c, n) {
  const options = [['mine', c.mine], ['theirs', c.theirs], ...(c.mine && c.theirs && !['keywords'].includes(c.list) ? [['both', null]] : [])]
  const group = make('fieldset', {}, make('legend', { textContent: say('list_' + c.list) + (order.includes(c.list) && c.mine?.head ? ' · ' + say('topic_title') : '') }))
  for (const [value, item] of options) {
    const radio = make('input', { type: 'radio', name: 'choice-' + n, value, checked: c.pick === value })
    radio.onchange = () => { c.pick = value }
    group.append(make('label', { className: value }, radio, make('b', { textContent: say('pick_' + value) }), ...(value === 'both' ? [] : [text(c, value, item)])))
  }
  return make('li', {}, group)
}

// text is one side's sentence; theirs shows how it differs from mine.
function text(c, side, item) {
  if (!item) return make('i', { textContent: say('not_there') })
  return make('span', { dir: 'auto' }, ...(side === 'theirs' && c.mine ? difference(c.mine.text, item.text) : [item.text]))
}
