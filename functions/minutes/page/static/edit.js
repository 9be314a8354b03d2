// The summary is edited where it stands. Every letter is kept in the browser until it
// is saved; where somebody else saved meanwhile, both versions are shown.
import { $, make, say, why, announce } from './base.js'
import { putSummary, token } from './api.js'
import { cites, order } from './summary.js'
import { content, same } from './document.js'
import { keep, drop } from './draft.js'
import { resolve } from './conflict.js'
import { drawn } from './icon.js'
import { moment } from './text.js'

let id, edit = null, saved = () => {}, soon

export const isEditing = () => !!edit

// readyToEdit names whose summary is edited; onSaved is given the new revision, or
// nothing where editing ended without one.
export function readyToEdit(minutes, onSaved) {
  id = minutes
  saved = onSaved
  addEventListener('pagehide', keepNow)
  document.addEventListener('visibilitychange', keepNow)
}

// begin opens the editor on a revision, or on a draft of it.
export function begin(view, draft, at) {
  const base = draft?.base || content(view.document)
  edit = { etag: draft?.etag || view.etag, base, document: structuredClone(draft?.document || base) }
  document.body.classList.add('editing')
  $('edit').hidden = $('revisions').hidden = true
  const bar = make('div', { className: 'row saving' }, make('span', { id: 'kept', role: 'status' }), button('discard', say('discard'), discard), button('save main', say('save'), save))
  const note = draft ? [make('p', { className: 'note', role: 'status', textContent: say('restored', moment(draft.at)) })] : []
  $('points').replaceChildren(...note, ...order.map(part))
  $('summary').append(make('p', { id: 'edit-problem', className: 'note bad', role: 'alert', hidden: true }), bar)
  if (draft) $('kept').textContent = say('kept')
  const field = at && $('points').querySelector(`[data-point="${CSS.escape(at)}"] textarea`) || $('points').querySelector('textarea')
  field?.focus()
}

function button(name, text, act, label) {
  const b = make('button', { type: 'button', className: name, textContent: text, ...(label ? { ariaLabel: label, title: label } : {}) })
  b.onclick = act
  return b
}

function part(list) {
  const rows = make('ul', { className: 'rows' }), section = make('section', { className: 'part ' + list }, make('h3', { textContent: say('list_' + list) }), rows)
  if (list === 'topics') rows.append(...edit.document.topics.map(topic))
  else if (list === 'keywords') rows.replaceWith(keywords())
  else {
    rows.append(...(edit.document[list] || []).map(p => pointRow(p, list)))
    section.append(adder(list, rows))
  }
  section.dataset.list = list
  return section
}

function adder(list, rows) {
  return button('add quiet', '＋ ' + say('add_' + list), () => {
    const row = pointRow({ id: 'n-' + token().slice(0, 12), text: '', evidence: [] }, list)
    rows.append(row)
    row.querySelector('textarea').focus()
  })
}

// pointRow edits one sentence. What it rests on stays with it.
function pointRow(p, list) {
  const text = typed(make('textarea', { rows: 1, maxLength: 4096, dir: 'auto', ariaLabel: say('sentence'), value: p.text }))
  const row = make('li', {}, text)
  row.point = p
  row.dataset.point = p.id
  if (list === 'actions') row.append(make('span', { className: 'facts' }, field('owner', p.owner), field('due', p.due)))
  row.append(make('span', { className: 'tail' }, ...cites(p.evidence), remover(row)))
  return row
}

// typed remembers what a field shows at first: a browser shows some texts other than
// they are, and what nobody touched stays as it was.
function typed(field) { field.dataset.was = field.value; return field }
const valueOf = (field, was) => field.value === field.dataset.was ? was : field.value.trim()

function field(name, value) {
  const input = typed(make('input', { type: 'text', maxLength: 200, value: value || '', className: name, dir: 'auto', autocomplete: 'off' }))
  return make('label', {}, say(name) + ' ', input)
}

function remover(row) {
  const b = button('out quiet', '', () => {
    const next = row.nextElementSibling || row.previousElementSibling || row.parentElement.parentElement
    row.remove()
    changed()
    next.querySelector('textarea, input, button')?.focus()
  }, say('remove'))
  b.append(drawn('M6 6l12 12M18 6L6 18'))
  return b
}

function topic(t) {
  const rows = make('ul', { className: 'rows' }, ...t.points.map(p => pointRow(p, 'topics')))
  const title = typed(make('input', { type: 'text', maxLength: 200, value: t.title, className: 'topic-title', dir: 'auto', autocomplete: 'off', ariaLabel: say('topic_title') }))
  const item = make('li', { className: 'topic' })
  item.append(make('span', { className: 'line' }, title, remover(item)), rows, adder('topics', rows))
  item.topic = t
  return item
}

// keywords are one line, each between commas. Those that stay keep their counts.
function keywords() {
  const input = typed(make('input', { type: 'text', id: 'keywords', value: edit.document.keywords.map(k => k.term).join('、'), dir: 'auto', autocomplete: 'off', ariaLabel: say('list_keywords') }))
  return make('label', {}, input, make('small', { textContent: say('between_commas') }))
}

// read is the summary as it stands in the fields. Empty sentences are none.
function read() {
  const all = (within, of = sentence) => [...within.querySelectorAll(':scope > .rows > li')].map(of).filter(p => p.text)
  return {
    abstract: all(section('abstract')),
    topics: [...$('points').querySelectorAll('li.topic')].map(i => ({ ...i.topic, title: valueOf(i.querySelector('.topic-title'), i.topic.title), points: all(i) })),
    decisions: all(section('decisions')),
    actions: all(section('actions'), task),
    questions: all(section('questions')),
    risks: all(section('risks')),
    numbers: all(section('numbers')),
    keywords: terms($('keywords')),
  }
}

const sentence = row => ({ ...row.point, text: valueOf(row.querySelector('textarea'), row.point.text) })

function task(row) {
  const { owner: o, due: d, ...rest } = sentence(row), owner = valueOf(row.querySelector('.owner'), o), due = valueOf(row.querySelector('.due'), d)
  return { ...rest, ...(owner ? { owner } : {}), ...(due ? { due } : {}) }
}

function terms(field) {
  if (field.value === field.dataset.was) return edit.document.keywords
  const known = new Map([...edit.base.keywords, ...edit.document.keywords].map(k => [k.term, k]))
  const all = field.value.split(/[,，、;；]/).map(t => t.trim().slice(0, 200)).filter(Boolean)
  return [...new Set(all)].map(term => known.get(term) || { term, count: 0, first_ms: 0 })
}

const section = list => $('points').querySelector(`[data-list="${list}"]`)

function changed() {
  clearTimeout(soon)
  soon = setTimeout(keepNow, 200)
}

function keepNow() {
  if (!edit) return
  clearTimeout(soon)
  edit.document = read()
  if (same(edit.document, edit.base)) return drop(id)
  const kept = keep(id, edit)
  if ($('kept')) $('kept').textContent = say(kept ? 'kept' : 'not_kept')
}

function end(view) {
  clearTimeout(soon)
  drop(id)
  edit = null
  document.body.classList.remove('editing')
  for (const e of $('summary').querySelectorAll('.saving, #edit-problem')) e.remove()
  saved(view)
}

function discard() {
  keepNow()
  if (same(edit.document, edit.base)) return end(null)
  const b = $('summary').querySelector('.discard')
  if (b.dataset.sure) return end(null)
  b.dataset.sure = 'yes'
  b.textContent = say('discard_sure')
  b.onblur = () => { delete b.dataset.sure; b.textContent = say('discard') }
}

export async function save() {
  keepNow()
  if (same(edit.document, edit.base)) return end(null)
  const b = $('summary').querySelector('.save')
  b.disabled = true
  $('edit-problem').hidden = true
  try {
    let view = await putSummary(id, edit.document, edit.etag).catch(e => { if (e.status !== 412) throw e })
    view ??= await resolve(id, edit, rebase)
    if (!view) return
    end(view)
    announce(say('saved'))
  } catch (e) {
    $('edit-problem').textContent = why(e)
    $('edit-problem').hidden = false
  } finally { b.disabled = false }
}

// rebase keeps the draft while both versions are looked at, come what may.
function rebase(document) { keep(id, { ...edit, document }) }

export function listen() { $('points').addEventListener('input', () => { if (edit) changed() }) }
