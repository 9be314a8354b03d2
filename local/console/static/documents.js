// The documents page looks whether something has changed. It shows what is new by itself
// while nobody is in the middle of something.
import { $, told, say, ask, announce } from './console.js'

const every = 5000 // ms

const idle = () => scrollY < 100 && (document.activeElement === document.body || document.activeElement === $('main'))

setInterval(async () => {
  if (document.hidden || !$('news').hidden) return
  try {
    const { stand } = await ask('GET', location.pathname + location.search)
    if (stand === told.stand) return
    if (idle()) return location.reload()
    $('news').hidden = false
    announce(say('doc_changed'))
  } catch { /* the next look may succeed */ }
}, every)

// A picture's address ends; then the page has to be loaded anew.
for (const picture of document.querySelectorAll('.pictures img')) picture.addEventListener('error', () => { picture.alt = say('doc_picture_lapsed') })
