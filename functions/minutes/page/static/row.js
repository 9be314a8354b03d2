// One recording as the list shows it.
import { make, say } from './base.js'
import { pathOf } from './api.js'
import { clock, when, languageName, marked } from './text.js'
import { unitsOf } from './paint.js'
import { titleOf } from './look.js'
import { drawn } from './icon.js'

// kinds of states: how each is coloured. The words say the same.
const kinds = { summarised: 'good', failed: 'bad', waiting: 'wait', awaiting_upload: 'wait' }
export function row(m, q, actions) {
  const link = pathOf(m.id) + (q ? '?' + new URLSearchParams({ q }) : ''), title = titleOf(m)
  const facts = [when(m.created_at)]
  if (m.duration_ms) facts.push(make('span', { textContent: clock(m.duration_ms) }))
  if (m.language) facts.push(make('bdi', { textContent: languageName(m.language) }))
  const item = make('li', {},
    make('h3', {}, make('a', { className: 'title', href: link, dir: 'auto', title }, ...marked(title, m.title ? pairs(title, m.marks) : []))),
    make('p', { className: 'facts' }, ...facts),
    state(m), ...hits(m, q), does(m, title, actions))
  item.dataset.id = m.id
  return item
}

function state(m) {
  const p = make('p', { className: 'state ' + (kinds[m.state] || 'busy') }, make('span', { textContent: m.state_text }))
  if (m.progress) p.append(make('progress', { max: m.progress.chunks, value: m.progress.ended, ariaLabel: m.state_text }))
  return p
}

// pairs are marks of the API, which count characters, as the browser counts.
const pairs = (text, marks) => (marks || []).map(m => [unitsOf(text, m.start), unitsOf(text, m.end)])

// hits are the places where the words stand, and lead there.
function hits(m, q) {
  const all = [...(m.points || []).map(p => hit(m, q, p, say('in_summary'))), ...(m.lines || []).map(l => hit(m, q, l, l.speaker))]
  if (m.more) all.push(make('small', { className: 'rest', textContent: say('more_lines', m.more) }))
  return all.length ? [make('div', { className: 'hits' }, ...all)] : []
}

const around = 60 // characters beside what was found

function hit(m, q, { text, start_ms, marks }, who) {
  const found = pairs(text, marks), from = Math.max(0, (found[0]?.[0] || 0) - around), end = Math.min(text.length, (found[0]?.[1] || 0) + 2 * around), part = text.slice(from, end)
  const inside = found.filter(([a, b]) => a >= from && b <= end).map(([a, b]) => [a - from, b - from])
  return make('p', { className: 'hit' }, make('a', { dir: 'auto', href: pathOf(m.id) + '?' + new URLSearchParams({ ...(q ? { q } : {}), at: start_ms }) },
    make('span', { className: 'at', textContent: clock(start_ms) }), ...(who ? [make('bdi', { className: 'who', textContent: who })] : []), from ? '…' : '', ...marked(part, inside), end < text.length ? '…' : ''))
}

function does(m, title, { again, remove }) {
  const all = make('p', { className: 'does' }), add = (name, word, label, icon, act) => {
    const b = make('button', { type: 'button', className: `${name} quiet`, title: word, ariaLabel: label })
    b.append(drawn(icon))
    b.onclick = () => act(m)
    all.append(b)
  }
  if (['failed', 'waiting', 'awaiting_upload'].includes(m.state)) add('again', say('upload_again'), say('upload_again_of', title), 'M12 15V4M7.5 8.5L12 4l4.500 4.500M4 15v5h16v-5', again)
  add('remove', say('delete'), say('delete_of', title), 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13', remove)
  return all
}
