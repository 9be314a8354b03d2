// What was typed and not saved yet stays in the browser, so that neither a reload nor
// a lost connection loses it. Each window has a draft of its own.
import { token } from './api.js'

const prefix = id => `toolbox.minutes.draft.${id}.`
let own

// windowName tells this window from others; a reload keeps it.
function windowName() {
  try {
    own ??= sessionStorage.getItem('toolbox.window') || token()
    sessionStorage.setItem('toolbox.window', own)
  } catch { own ??= token() }
  return own
}

const read = key => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } }

// keep keeps a draft: {etag, base, document}. It reports whether the browser kept it.
export function keep(id, draft) {
  try {
    localStorage.setItem(prefix(id) + windowName(), JSON.stringify({ ...draft, at: new Date().toISOString() }))
    return true
  } catch { return false }
}

export const mine = id => read(prefix(id) + windowName())

// others are drafts of other windows, which may be closed: [key, draft], newest first.
export function others(id) {
  const found = []
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix(id)) && key !== prefix(id) + windowName()) found.push([key, read(key)])
  } catch { /* the browser keeps nothing */ }
  return found.filter(([, d]) => d?.document && d.base).sort((a, b) => b[1].at < a[1].at ? -1 : 1)
}

export function drop(id, key = prefix(id) + windowName()) { try { localStorage.removeItem(key) } catch { /* nothing was kept */ } }
