// Two people edited one summary: both versions are shown side by side, and whoever
// comes second chooses, sentence by sentence. What only one of them touched is chosen
// already; where both did, both are kept until somebody says otherwise.
import { $, make, say, why, announce } from './base.js'
import { ask, pathOf, putSummary, token } from './api.js'
import { content, merge, chosen, same, align } from './document.js'
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
    const why = [say('conflict_why'), ' ', make('bdi', { textContent: view.author || say('somebody') }), ' · ', moment(view.at)]
    const document = await choose(say('conflict'), why, choices, () => chosen(mine, theirs, choices, () => 'n-' + token().slice(0, 12)), async document => {
      keepDraft(document)
      return same(document, theirs) ? view : putSummary(id, document, view.etag)
    })
    if (!document || !document.again) return document
    base = theirs // somebody was quicker once more
    mine = document.again
  }
}

// suggest shows what a machine says since a person edited its summary: sentence by
// sentence, to be taken over or not. What the person edited stays unless somebody
// chooses otherwise. It answers as resolve does.
export async function suggest(id, current) {
  for (let now = current; ;) {
    const of = name => `${pathOf(id)}/revisions/${encodeURIComponent(name)}`, mine = content(now.document), newer = now.newer_automatic
    const [base, theirs, { sentences }] = await Promise.all([ask('GET', of(now.base)), ask('GET', of(newer)), ask('GET', `${of(now.base)}/compare?${new URLSearchParams({ with: newer })}`)])
    const aligned = align(content(theirs.document), content(base.document), sentences), choices = merge(content(base.document), mine, aligned)
    const put = document => putSummary(id, document, now.etag, newer)
    if (!choices.some(c => c.news)) { // it says the same
      announce(say('no_difference'))
      return put(mine)
    }
    const view = await choose(say('suggested'), [say('suggested_why'), ' ', moment(theirs.at)], choices, () => chosen(mine, aligned, choices, () => 'n-' + token().slice(0, 12)), put, 'machine')
    if (!view || !view.again) return view
    now = await ask('GET', pathOf(id) + '/summary')
    if (now.newer_automatic !== newer) return now
  }
}

// choose shows both sides of every choice that there is to make.
function choose(heading, why_, choices, result, write, kind = 'person') {
  $('conflict-heading').textContent = heading
  $('conflict-why').replaceChildren(...why_)
  $('conflict').dataset.kind = kind
  const shown = kind === 'machine' ? choices.filter(c => c.news) : choices
  $('choices').replaceChildren(...shown.map(choice))
  $('conflict-problem').hidden = true
  $('conflict-save').disabled = false
  for (const [name, pick] of [['all-mine', 'mine'], ['all-theirs', 'theirs'], ['all-both', 'both']]) $(name).onclick = () => all(shown, pick)
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
    group.append(make('label', { className: value }, radio, make('b', { textContent: say(($('conflict').dataset.kind === 'machine' ? 'machine_' : 'pick_') + value) }), ...(value === 'both' ? [] : [text(c, value, item)])))
  }
  return make('li', {}, group)
}

// text is one side's sentence; theirs shows how it differs from mine.
function text(c, side, item) {
  if (!item) return make('i', { textContent: say('not_there') })
  return make('span', { dir: 'auto' }, ...(side === 'theirs' && c.mine ? difference(c.mine.text, item.text) : [item.text]))
}
