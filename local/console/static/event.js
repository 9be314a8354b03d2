// The page of one event is read again while something of it is on its way.
import { $, told } from './console.js'
import { again } from './event_again.js'

if (told.open) again($('fresh'), page => JSON.parse(page.body.dataset.page).open)
