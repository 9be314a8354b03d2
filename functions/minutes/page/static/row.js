// One recording as the list shows it.
import { make, say } from './base.js'
import { pathOf } from './api.js'
import { clock, when, languageName, folded, places, marked } from './text.js'
import { titleOf } from './look.js'
import { drawn } from './icon.js'

// kinds of states: how each is coloured. The words say the same.
const kinds = { summarised: 'good', failed: 'bad', waiting: 'wait', awaiting_upload: 'wait' }
const around = 60 // characters of a transcript beside what was found

export function row(m, q, actions) {
  const link = pathOf(m.id) + (q ? '?' + new URLSearchParams({ q }) : ''), query = folded(q || ''), title = titleOf(m)
  const facts = [when(m.created_at)]
  if (m.duration_ms) facts.push(make('span', { textContent: clock(m.duration_ms) }))
  if (m.language) facts.push(make('bdi', { textContent: languageName(m.language) }))
  const item = make('li', {},
    make('h3', {}, make('a', { className: 'title', href: link, dir: 'auto', title }, ...marked(title, places(title, query)))),
    make('p', { className: 'facts' }, ...facts),
    state(m), ...(m.match ? [hit(m, q, query)] : []), does(m, title, actions))
  item.dataset.id = m.id
  return item
}

function state(m) {
  const p = make('p', { className: 'state ' + (kinds[m.state] || 'busy') }, make('span', { textContent: m.state_text }))
  if (m.progress) p.append(make('progress', { max: m.progress.chunks, value: m.progress.ended, ariaLabel: m.state_text }))
  return p
}

// hit is the first place in the transcript where the words stand, and leads there.
function hit(m, q, query) {
  const { text, start_ms } = m.match, first = places(text, query)[0] || [0, 0]
  const from = Math.max(0, first[0] - around), part = text.slice(from, first[1] + 2 * around)
  return make('p', { className: 'hit' }, make('a', { dir: 'auto', href: pathOf(m.id) + '?' + new URLSearchParams({ q, at: start_ms }) },
    make('span', { className: 'at', textContent: clock(start_ms) }), from ? '…' : '', ...marked(part, places(part, query)), from + part.length < text.length ? '…' : ''))
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
