// On narrow screens transcript and summary lie one behind the other.
import { $ } from './base.js'

const names = ['transcript', 'summary']

export function tab(name) {
  document.body.dataset.tab = name
  for (const n of names) {
    $('tab-' + n).setAttribute('aria-selected', String(n === name))
    $('tab-' + n).tabIndex = n === name ? 0 : -1
  }
}

export function readyToTurn() {
  for (const n of names) $('tab-' + n).addEventListener('click', () => tab(n))
  $('tabs').addEventListener('keydown', e => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return
    e.preventDefault()
    e.stopPropagation()
    const other = names.find(n => n !== document.body.dataset.tab)
    tab(other)
    $('tab-' + other).focus()
  })
}
