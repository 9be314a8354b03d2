// What keys do, wherever no field is being written in.
import { $, announce } from './base.js'
import * as player from './player.js'
import * as search from './find.js'
import { lines, indexAt } from './transcript.js'
import { follow, cite } from './follow.js'

// step goes to the next line, or back: to the beginning of this one first where it has
// been heard for a while.
function step(by) {
  const now = player.now(), at = indexAt(now)
  const to = by > 0 ? at + 1 : at >= 0 && now - lines[at].segment.start_ms > 2000 ? at : at - 1
  const line = lines[Math.max(0, Math.min(to, lines.length - 1))]
  if (!line) return
  player.seek(line.segment.start_ms)
  follow()
  if (!player.isPlaying()) announce(line.segment.text)
}

const does = {
  ' ': () => player.toggle(), k: () => step(-1), j: () => step(1), ArrowUp: () => step(-1), ArrowDown: () => step(1),
  ArrowLeft: () => player.skip(-5000), ArrowRight: () => player.skip(5000), '<': () => player.faster(-1), '>': () => player.faster(1),
  '/': () => $('sought').select(), f: follow, '?': () => $('help').showModal(),
  e: () => { if (!$('edit').hidden) $('edit').click() }, Escape: () => { cite([]); search.clear() },
}

// readyForKeys takes what else keys do, with the line that is said or selected now.
export function readyForKeys(onLine) {
  for (const [key, act] of Object.entries(onLine)) does[key] = () => {
    const selected = getSelection().anchorNode?.parentElement?.closest('#lines li[data-i]'), focus = document.activeElement.closest('#lines li[data-i]')
    const li = !getSelection().isCollapsed && selected || focus, i = li ? +li.dataset.i : Math.max(0, indexAt(player.now()))
    if (lines[i]) act(i)
  }
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !does[e.key] || document.querySelector('dialog[open]')) return
    const range = e.target.type === 'range', field = e.target.matches?.('input, textarea, select') && !range
    if (field || range && e.key.startsWith('Arrow')) {
      if (e.key === 'Escape') e.target.blur()
      return
    }
    if (e.key === ' ' && e.target.closest?.('button, a, summary, select') || e.target.closest?.('[role=tablist]')) return
    e.preventDefault()
    does[e.key]()
  })
  // Whoever clicked with a mouse goes on with keys: space then plays and halts rather
  // than pressing the same button again.
  document.addEventListener('click', e => { if (e.detail && e.target.closest('.at, .cite, #player button')) $('lines').focus({ preventScroll: true }) })
  $('help-close').addEventListener('click', () => $('help').close())
  $('keys').addEventListener('click', () => $('help').showModal())
}
