// The export menu: which kind of minutes, in which language, with what in it, as what.
// A PDF takes its time: another function makes it.
import { $, say, why, announce } from './base.js'
import { ask } from './api.js'

// Sent on as they are: without marks of where each sentence can be heard.
const plain = ['party', 'official']

let path = '', waiting = 0

const wish = () => ({ lang: $('export-lang').value, kind: $('export-kind').value, times: $('export-times').checked, speakers: $('export-speakers').checked, transcript: $('export-transcript').checked })

// usual chooses what the kind of minutes mostly wants.
function usual() {
  $('export-times').checked = !plain.includes($('export-kind').value)
  $('export-transcript').checked = $('export-kind').value === 'interview'
  aim()
}

// aim has each format lead to what was chosen.
function aim() {
  waiting++
  tell('')
  const { times, speakers, transcript, ...rest } = wish()
  for (const a of $('export').querySelectorAll('a')) {
    const marks = Object.entries({ times, speakers, transcript }).map(([name, is]) => [name, is ? '1' : '0'])
    Object.assign(a, { href: `${path}/export?${new URLSearchParams([['format', a.dataset.format], ...Object.entries(rest), ...marks])}`, download: '' })
  }
}

function tell(text, bad) {
  $('export-making').hidden = true
  $('export-said').textContent = text
  $('export-said').hidden = !text
  $('export-said').classList.toggle('bad', !!bad)
  $('export-pdf').disabled = false
  if ($('export').open && document.activeElement === document.body) $('export-pdf').focus() // a button that is disabled loses it
}

const pause = ms => new Promise(done => setTimeout(done, ms))

// pdf asks for a PDF, waits until it is made, and fetches it. Another choice meanwhile
// gives it up.
async function pdf() {
  const mine = ++waiting
  tell('')
  $('export-pdf').disabled = true
  $('export-making').hidden = false
  announce(say('pdf_making'))
  try {
    let made = await ask('POST', `${path}/export`, { format: 'pdf', ...wish() })
    while (made.state === 'making' && mine === waiting) {
      await pause(1000)
      made = await ask('GET', `${path}/exports/${made.id}`)
    }
    if (mine !== waiting) return
    tell(made.message, made.state !== 'ready')
    if (made.file) location.assign(made.file) // an attachment: the page stays
  } catch (e) {
    if (mine === waiting) tell(why(e), true)
  }
}

// showExport fits the menu to the minutes.
let known = ''
export function showExport(d) {
  $('export').hidden = !d.transcript && !d.summary
  for (const e of $('export').querySelectorAll('.spoken')) e.hidden = !d.transcript
  if (known === (d.kind || 'meeting')) return
  known = $('export-kind').value = d.kind || 'meeting'
  usual()
}

// readyToExport serves the menu for the minutes under a path.
export function readyToExport(of) {
  path = of
  $('export-kind').addEventListener('change', usual)
  for (const name of ['lang', 'times', 'speakers', 'transcript']) $('export-' + name).addEventListener('change', aim)
  $('export-pdf').addEventListener('click', pdf)
  usual()
}
