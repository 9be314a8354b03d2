// A day as people read it.
import { language } from './base.js'

const long = new Intl.DateTimeFormat(language, { dateStyle: 'long' })

export const day = text => long.format(new Date(text))
