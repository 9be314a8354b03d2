// What is on both pages: the theme, the language, menus, and the question before
// something is deleted.
import { $, say, why, recall, remember, systemTheme } from './base.js'

function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen
  $('theme').setAttribute('aria-pressed', String((chosen || systemTheme()) === 'dark'))
}

export function dress() {
  theme(recall().theme)
  $('theme').addEventListener('click', () => {
    const now = (document.documentElement.dataset.theme || systemTheme()) === 'dark' ? 'light' : 'dark'
    remember({ ...recall(), theme: now })
    theme(now)
  })
  for (const link of document.querySelectorAll('a.language')) link.addEventListener('click', () => { // the same page in the other language
    const to = new URL(location.href)
    to.searchParams.set('lang', link.hreflang)
    link.href = to.pathname + to.search
  })
  for (const menu of document.querySelectorAll('details.menu')) {
    document.addEventListener('click', e => { if (menu.open && (!menu.contains(e.target) || e.target.closest('ul'))) menu.open = false })
    menu.addEventListener('keydown', e => {
      if (e.key !== 'Escape' || !menu.open) return
      menu.open = false
      menu.firstElementChild.focus()
      e.stopPropagation()
    })
  }
}

// confirm asks before something is done, does it, and answers whether it was done.
export function confirm(heading, text, yes, does) {
  $('confirm-heading').textContent = heading
  $('confirm-text').replaceChildren(...text)
  $('confirm-yes').textContent = yes
  $('confirm-problem').hidden = true
  $('confirm-yes').disabled = false
  $('confirm').showModal()
  $('confirm-no').focus()
  return new Promise(done => {
    const end = was => { $('confirm').onclose = null; $('confirm').close(); done(was) }
    $('confirm').onclose = () => done(false)
    $('confirm-no').onclick = () => end(false)
    $('confirm-yes').onclick = async () => {
      $('confirm-yes').disabled = true
      try {
        await does()
        end(true)
      } catch (e) {
        $('confirm-problem').textContent = why(e)
        $('confirm-problem').hidden = false
        $('confirm-yes').disabled = false
      }
    }
  })
}

// titleOf is a title as people see it.
export const titleOf = m => m.title || say('untitled')
