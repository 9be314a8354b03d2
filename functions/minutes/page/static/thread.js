// One comment with its answers. What is being typed stays in the browser until it is
// sent.
import { told, make, say, why } from './base.js'
import { token } from './api.js'
import { when } from './text.js'

const prefix = `toolbox.minutes.note.${told.id}.`
const read = name => { try { return JSON.parse(localStorage.getItem(prefix + name)) } catch { return null } }
const keep = (name, draft) => { try { draft ? localStorage.setItem(prefix + name, JSON.stringify(draft)) : localStorage.removeItem(prefix + name) } catch { /* the browser keeps nothing */ } }

// drafted are the places where somebody began a comment or an answer.
export function drafted() {
  try { return [...new Set(Object.keys(localStorage).filter(k => k.startsWith(prefix)).map(k => k.slice(prefix.length).split('|')[0]))] } catch { return [] }
}

const button = (name, text, act) => { const b = make('button', { type: 'button', className: name, textContent: text }); b.onclick = act; return b }

// thread is a comment and what was answered; without one, the field for the first.
export function thread(anchor, note, answers, { add, change }) {
  const box = make('section', { className: 'thread' + (note?.resolved_at ? ' past' : '') })
  if (note) box.append(one(note, change), ...answers.map(a => one(a, change)))
  const name = `${anchor}|${note?.id || ''}`
  if (note?.resolved_at) box.append(button('quiet', say('reopen'), () => change(note.id, { resolved: false })))
  else box.append(field(name, say(note ? 'answer' : 'comment_here'), (text, key) => add({ kind: 'comment', text, ...(note ? { parent: note.id } : {}) }, key), note && note.text ? button('quiet', say('resolve'), () => change(note.id, { resolved: true })) : ''))
  return box
}

function one(note, change) {
  const words = note.kind === 'highlight' && !note.text ? say('highlighted', '') : note.deleted ? say('note_deleted') : note.text
  const text = make('p', { dir: 'auto', textContent: words }), head = make('small', {}, make('bdi', { textContent: note.author || say('somebody') }), ' · ', when(note.at), note.edited_at ? ' · ' + say('note_edited') : '')
  const item = make('div', { className: 'said' + (note.deleted ? ' gone' : '') }, head, ...(note.spot.moved && note.spot.quote ? [make('q', { textContent: note.spot.quote, title: say('moved') })] : []), text)
  if (!note.mine || note.deleted) return item
  const does = make('span', { className: 'does' }, ...(note.text ? [button('quiet', say('edit'), () => item.replaceWith(rewrite(note, item, change)))] : []), button('quiet', say('delete'), () => change(note.id)))
  head.append(does)
  return item
}

function rewrite(note, item, change) {
  const name = `edit|${note.id}`, form = field(name, say('edit'), text => change(note.id, { text }), button('quiet', say('cancel'), () => { keep(name, null); form.replaceWith(item) }), note.text)
  setTimeout(() => form.querySelector('textarea').focus())
  return form
}

// field is where something is written; Enter sends it, Shift and Enter begin a line.
function field(name, label, send, more, text = '') {
  const area = make('textarea', { rows: 1, maxLength: told.note, dir: 'auto', placeholder: label, ariaLabel: label, value: read(name)?.text ?? text }), problem = make('small', { className: 'wrong', role: 'alert' })
  const form = make('form', { className: 'write' }, area, problem, make('span', { className: 'row' }, more, make('button', { type: 'submit', className: 'main', textContent: say('send') })))
  area.oninput = () => keep(name, area.value ? { text: area.value, key: read(name)?.key || token() } : null)
  area.onkeydown = e => {
    if (e.isComposing) return
    if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); form.requestSubmit() }
    if (e.key === 'Escape') { e.stopPropagation(); area.blur() }
  }
  form.onsubmit = async e => {
    e.preventDefault()
    const said = area.value.trim()
    if (!said) return
    try {
      area.blur()
      const kept = read(name)
      keep(name, null)
      try { await send(said, kept?.key) } catch (e) { keep(name, kept); throw e }
    } catch (e) { problem.textContent = why(e) }
  }
  return form
}
