// What is on both pages: the theme, the language, and what went wrong in words.
import { $, say, recall, remember, systemTheme } from './base.js'

function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen
  $('theme').setAttribute('aria-pressed', String((chosen || systemTheme()) === 'dark'))
}

export function dress() {
  theme(recall().theme || systemTheme())
  $('theme').addEventListener('click', () => {
    const now = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
    remember({ ...recall(), theme: now })
    theme(now)
  })
  const link = document.querySelector('a.language')
  link.addEventListener('click', () => { // the same page in the other language
    const to = new URL(location.href)
    to.searchParams.set('lang', link.hreflang)
    link.href = to.pathname + to.search
  })
}

// reason says what went wrong as far as it is the reader's concern.
export function reason(error) {
  if (error.status === 401) return say('signed_out')
  if (error.code) return error.message
  console.error(error)
  return say(error instanceof TypeError ? 'offline' : 'failed') // fetch fails with a TypeError where nobody answers
}
