// The title is changed where it stands.
import { $, make, say, why, announce } from './base.js'
import { ask } from './api.js'

// readyToName lets the title of a path be changed; most is its longest, in characters.
export function readyToName(path, most, onNamed) {
  $('rename').addEventListener('click', () => {
    const shown = $('title').firstElementChild, old = shown.textContent
    const field = make('input', { type: 'text', value: old, maxLength: 2 * most, dir: 'auto', autocomplete: 'off', ariaLabel: say('title') })
    const problem = make('small', { className: 'wrong', role: 'alert' })
    let over = false
    const end = async save => {
      const title = field.value.trim()
      if (over) return
      over = true
      if (save && title && title !== old) {
        try {
          await ask('PATCH', path, { title })
          announce(say('renamed'))
        } catch (e) {
          problem.textContent = why(e)
          over = false
          return field.focus()
        }
      }
      $('title').replaceChildren(make('bdi', { textContent: old }))
      $('rename').hidden = false
      $('rename').focus()
      onNamed()
    }
    field.addEventListener('keydown', e => {
      if (e.isComposing) return
      if (e.key === 'Enter') { e.preventDefault(); end(true) }
      if (e.key === 'Escape') { e.stopPropagation(); end(false) }
    })
    field.addEventListener('blur', () => { if (!problem.textContent) end(true) })
    $('rename').hidden = true
    $('title').replaceChildren(field, problem)
    field.select()
  })
}
