// Redrive runs: the page follows those that go on.
import { ask, say, announce } from './console.js'

const rows = new Map([...document.querySelectorAll('[data-run]')].map(row => [Number(row.dataset.run), row]))
const going = () => [...rows.values()].some(row => row.dataset.state === 'running')

function show(run) {
  const row = rows.get(run.id)
  if (!row || row.dataset.state !== 'running') return
  row.querySelector('progress').value = run.total ? run.done : 1
  row.querySelector('.far .figures').textContent = `${run.done} / ${run.total}`
  if (run.state === 'running') return
  announce(say('run is', run.id, say('run ' + run.state), run.done, run.total))
  row.dataset.state = run.state
  setTimeout(() => location.reload(), 1500) // once it was told
}

async function look() {
  if (!going()) return
  try {
    for (const run of await ask('GET', location.pathname)) show(run)
  } catch { /* the server is away; the next look will tell */ }
}
setInterval(look, 1000)
