// A story is read again until it has come to its end.
import { $, told, say, announce } from './console.js'
import { again } from './event_again.js'

if (told.open) again($('story'), page => JSON.parse(page.body.dataset.page).open, () => announce(say('ended')))
