// The line that is being heard is marked, and kept in view until the reader scrolls
// away from it.
import { $ } from './base.js'
import { lines, indexAt } from './transcript.js'

let current = -1, away = false, cited = [], seen = 0, reached = null
const still = matchMedia('(prefers-reduced-motion: reduce)')

// mark marks the line that is said at a moment.
export function mark(ms) {
  const i = indexAt(ms)
  if (i === current) return
  const old = lines[current]?.element, line = lines[i]?.element
  old?.removeAttribute('aria-current')
  line?.setAttribute('aria-current', 'true')
  if (line) reach(line.querySelector('.at'))
  current = i
  if (line && !away) see(line)
}

// reach makes a line the one that the tab key reaches. Focus stays where it is: who
// hears the page would be told every line over its sound.
function reach(button) {
  reached ??= lines[0].element.querySelector('.at')
  if (reached !== document.activeElement) reached.tabIndex = -1
  button.tabIndex = 0
  reached = button
}

// forget is for a transcript that is loaded anew.
export function forget() {
  current = -1
  cited = []
  reached = null
  away = false
  $('follow').hidden = true
}

// see brings a line into view: gently where it is near. What lies between has its real
// height only once it was laid out, so a far line is gone to until it stays.
export function see(line) {
  const view = $('lines').getBoundingClientRect(), at = line.getBoundingClientRect(), turn = ++seen
  if (fits(line)) return
  if (Math.abs(at.top - view.top) < 2 * view.height && !still.matches) return line.scrollIntoView({ block: 'center', behavior: 'smooth' })
  const settle = left => {
    if (turn !== seen) return
    if (!fits(line)) line.scrollIntoView({ block: 'center', behavior: 'instant' })
    if (left) requestAnimationFrame(() => settle(left - 1))
  }
  settle(20)
}

function fits(line) {
  const view = $('lines').getBoundingClientRect(), at = line.getBoundingClientRect()
  return at.height > 0 && at.top > view.top + 40 && at.bottom < view.bottom - 60
}

const inView = line => {
  const view = $('lines').getBoundingClientRect(), at = line.getBoundingClientRect()
  return at.bottom > view.top && at.top < view.bottom
}

// wander is called when the reader moves the transcript.
function wander() {
  const line = lines[current]?.element
  if (!line) return
  away = !inView(line)
  $('follow').hidden = !away
  if (away) $('follow').dataset.where = line.getBoundingClientRect().top < $('lines').getBoundingClientRect().top ? 'above' : 'below'
}

// follow keeps the line that is being heard in view again.
export function follow() {
  away = false
  $('follow').hidden = true
  const line = lines[current]?.element
  if (line) see(line)
}

// stray says that something else is looked at now.
export function stray() {
  away = true
  requestAnimationFrame(() => setTimeout(wander, 400))
}

// cite marks lines that something rests on, and shows the first of them.
export function cite(indices) {
  for (const line of cited) line.classList.remove('cited')
  cited = indices.map(i => lines[i]?.element).filter(Boolean)
  for (const line of cited) line.classList.add('cited')
  if (cited[0]) see(cited[0])
}

export function readyToFollow() {
  let by = 0 // when the reader last moved something
  for (const name of ['wheel', 'touchmove', 'pointerdown', 'keydown']) $('lines').addEventListener(name, () => { by = performance.now(); seen++ }, { passive: true })
  $('lines').addEventListener('scroll', () => { if (performance.now() - by < 1500) wander() }, { passive: true })
  $('follow').addEventListener('click', follow)
}
