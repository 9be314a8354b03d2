// A line of the transcript is put right where it stands. Every letter is kept in the
// browser until it is saved; where somebody else was quicker, or a machine heard it
// again otherwise, both are shown.
import { $, told, make, say, why, announce } from './base.js'
import { ask, pathOf } from './api.js'
import { lines, write, beside } from './transcript.js'
import { difference } from './compare.js'
import { when } from './text.js'
import { drawn } from './icon.js'

const prefix = `toolbox.minutes.line.${told.id}.`
const kept = id => { try { return JSON.parse(localStorage.getItem(prefix + id)) } catch { return null } }
const keep = (id, draft) => { try { localStorage.setItem(prefix + id, JSON.stringify(draft)) } catch { /* the browser keeps nothing */ } }
const drop = id => { try { localStorage.removeItem(prefix + id) } catch { /* nothing was kept */ } }

let changed = () => {}

// readyToCorrect has somebody told of a line that was put right: its index, and the
// words before.
export function readyToCorrect(onChange) { changed = onChange }

const path = segment => `${pathOf(told.id)}/transcript/${encodeURIComponent(segment)}`

// send writes a line over as many edits as were seen.
export const send = (segment, text, edits) => ask('PUT', path(segment.id), { text }, { headers: { 'If-Match': `"${edits}"` } })

const button = (name, text, act) => { const b = make('button', { type: 'button', className: name, textContent: text }); b.onclick = act; return b }

// correct opens the editor on a line; a draft of this browser goes on where it ended.
export function correct(i) {
  const { segment, element } = lines[i], place = beside(i)
  if (place.querySelector('.rewrite')) return place.querySelector('textarea').focus()
  const draft = kept(segment.id), field = make('textarea', { rows: 1, maxLength: 4096, dir: 'auto', value: draft?.text ?? segment.text, ariaLabel: say('line_text') })
  const problem = make('p', { className: 'note bad', role: 'alert', hidden: true })
  const form = make('form', { className: 'rewrite' }, field, problem, make('p', { className: 'row' }, make('small', { className: 'kept', role: 'status', textContent: draft ? say('kept') : '' }), button('cancel', say('cancel'), close), make('button', { type: 'submit', className: 'main', textContent: say('save') })))
  form.edits = draft?.edits ?? segment.edit?.edits ?? 0
  element.classList.add('rewriting')
  place.prepend(form)
  field.oninput = () => { keep(segment.id, { text: field.value, edits: form.edits }); form.querySelector('.kept').textContent = say('kept') }
  field.onkeydown = e => {
    if (e.isComposing) return
    if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); form.requestSubmit() }
    if (e.key === 'Escape') { e.stopPropagation(); close() }
  }
  form.onsubmit = e => { e.preventDefault(); save() }
  function close() { drop(segment.id); end() }
  function end() { form.remove(); element.classList.remove('rewriting'); element.querySelector('.at').focus() }
  async function save() {
    const text = field.value.trim(), before = lines[i].segment
    if (text === before.text) return close()
    try {
      const line = await send(segment, text, form.edits)
      close()
      take(i, line)
      announce(say('saved'))
      changed(i, before.text)
    } catch (e) {
      if (e.status === 412) return both(i, form, problem)
      problem.textContent = why(e)
      problem.hidden = false
    }
  }
  field.focus()
}

// both shows what somebody else made of the line meanwhile, beside what is typed here.
async function both(i, form, problem) {
  const theirs = await ask('GET', path(lines[i].segment.id)), field = form.querySelector('textarea')
  form.edits = theirs.edit?.edits ?? 0
  keep(lines[i].segment.id, { text: field.value, edits: form.edits })
  problem.replaceChildren(make('b', { textContent: say('line_theirs') }), ' ', make('bdi', { textContent: theirs.edit?.author || '' }), make('q', { dir: 'auto' }, ...difference(field.value, theirs.text)),
    make('span', { className: 'row' }, button('', say('pick_theirs'), () => { drop(theirs.id); form.remove(); lines[i].element.classList.remove('rewriting'); take(i, theirs) }), button('', say('line_mine'), () => form.requestSubmit())))
  problem.hidden = false
}

// take shows a line as it is now.
export function take(i, line) {
  write(i, line)
  about(i)
}

// about says of a line that it was edited, and what else it might say.
export function about(i) {
  const { segment, element } = lines[i], edit = segment.edit
  for (const old of element.querySelectorAll('.edited, .other')) old.remove()
  if (!edit) return
  if (edit.edits) beside(i).append(button('edited quiet', say('line_edited', edit.author || say('somebody')), () => story(i)))
  if (!edit.other) return
  const choose = async text => {
    try { take(i, await send(segment, text, edit.edits)) } catch (e) { announce(why(e)) }
  }
  const heard = edit.other === edit.heard
  beside(i).append(make('div', { className: 'note other' }, make('small', { textContent: say(heard ? 'heard_again' : 'edited_before') }), make('p', { dir: 'auto' }, ...difference(segment.text, edit.other)),
    make('p', { className: 'row' }, button('', say('take_this'), () => choose(edit.other)), button('quiet', say('offer_keep'), () => choose(segment.text)))))
}

// story shows every edit of a line, and brings one back.
async function story(i) {
  const place = beside(i), open = place.querySelector('.edits')
  if (open) return open.remove()
  try {
    const { edits, edit } = await ask('GET', path(lines[i].segment.id))
    const back = text => async () => { try { take(i, await send(lines[i].segment, text, lines[i].segment.edit.edits)); place.querySelector('.edits')?.remove() } catch (e) { announce(why(e)) } }
    const row = (who, text) => make('li', {}, make('small', {}, ...who), make('p', { dir: 'auto', textContent: text }), ...(text === lines[i].segment.text ? [] : [button('quiet', say('restore'), back(text))]))
    place.append(make('ol', { className: 'edits' }, ...edits.map(e => row([make('bdi', { textContent: e.author || say('somebody') }), ' · ', when(e.at)], e.text)), row([say('heard')], edit.heard)))
  } catch (e) { announce(why(e)) }
}

// resume opens what was being typed when the page was left.
export function resume() {
  lines.forEach(({ segment }, i) => {
    if (segment.edit) about(i)
    const draft = kept(segment.id)
    if (draft && draft.text !== segment.text) correct(i)
  })
}

// tools are what can be done with the line that is pointed at or heard.
export function readyForTools(acts) {
  const tools = make('span', { className: 'tools' }, ...acts.map(({ word, icon, act }) => {
    const b = make('button', { type: 'button', className: 'quiet', title: word, ariaLabel: word })
    b.append(drawn(icon))
    b.onclick = e => { e.stopPropagation(); act(+tools.parentElement.dataset.i) }
    return b
  }))
  const move = li => { if (li && li !== tools.parentElement && !tools.contains(document.activeElement)) li.querySelector('p').after(tools) }
  $('lines').addEventListener('pointerover', e => move(e.target.closest('li[data-i]')))
  $('lines').addEventListener('focusin', e => { if (!tools.contains(e.target)) move(e.target.closest('li[data-i]')) })
  return i => { if (lines[i]) lines[i].element.querySelector('p').after(tools) }
}
