// What is on every page of the console: the menu, the theme, times in the reader's own
// zone, and what a page's own script calls.
import { $, told, ask as request, recall, remember, systemTheme, language } from './base.js'
export { $, told, language } from './base.js'
export { say, make, why, announce, listed } from './base.js'

// ask speaks to the console itself; a change carries the page's token.
export async function ask(method, path, body, signal) {
  const answer = await fetch(path, { method, signal, headers: { Accept: 'application/json', 'X-Csrf': told.csrf, ...(body ? { 'Content-Type': 'application/json' } : {}) }, body: body && JSON.stringify(body) })
  if (answer.status === 204) return null
  const said = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(said.error?.message), { code: said.error?.code, status: answer.status })
  return said
}

// askFunction speaks to a function.
export const askFunction = request

const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' })

// when writes a moment into a <time>: the clock, and the whole moment as its title.
export function when(element) {
  const at = new Date(element.dateTime)
  if (isNaN(at)) return
  element.title = full.format(at)
  element.textContent = element.dataset.as === 'clock' ? clock.format(at) : full.format(at)
}

export function whens(root = document) { for (const e of root.querySelectorAll('time[datetime]')) when(e) }

function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen
  $('theme')?.setAttribute('aria-pressed', (chosen || systemTheme()) === 'dark')
}

theme(recall().theme)
$('theme')?.addEventListener('click', () => {
  const now = (document.documentElement.dataset.theme || systemTheme()) === 'dark' ? 'light' : 'dark'
  remember({ ...recall(), theme: now })
  theme(now)
})
$('menu')?.addEventListener('click', () => {
  const open = $('side').classList.toggle('open')
  $('menu').setAttribute('aria-expanded', open)
})
if ($('language')) { // the same page in the other language
  const to = new URL(location.href)
  to.searchParams.set('lang', $('language').hreflang)
  $('language').href = to.search
}
whens()
