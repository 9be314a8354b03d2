// Another summary is asked for: of another kind, or to be read in further languages.
import { $, told, say, why, announce } from './base.js'
import { ask, pathOf, token } from './api.js'

let key = token()

// readyToSummarise calls back once a summary was asked for.
export function readyToSummarise(onAsked) {
  $('resummarise').addEventListener('click', () => { key = token(); $('again-problem').hidden = true; $('again').showModal() })
  $('again-cancel').addEventListener('click', () => $('again').close())
  $('again-form').addEventListener('submit', async e => {
    e.preventDefault()
    $('again-go').disabled = true
    try {
      await ask('POST', pathOf(told.id) + '/summary', { kind: $('again-kind').value, languages: [...$('again').querySelectorAll('[name=language]:checked')].map(l => l.value) }, { headers: { 'Idempotency-Key': key } })
      $('again').close()
      announce(say('again_asked'))
      onAsked()
    } catch (e) {
      $('again-problem').textContent = why(e)
      $('again-problem').hidden = false
    }
    $('again-go').disabled = false
  })
}
