// Watching: a connection that is opened again whenever it breaks, from the last line that
// was shown.
import { told, language, ask } from './base.js'

export const socket = (what, query) => {
  const to = new URL(`/captions/${told.id}/${what}?${new URLSearchParams({ ...query, lang: language === 'en' ? 'en' : 'zh' })}`, location.href)
  to.protocol = to.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(to)
}

// wait is how long to wait before the n-th attempt, in milliseconds; not the same for
// all who lost their connection at once.
export const wait = n => Math.min(10000, 500 * 2 ** n) * (0.7 + 0.6 * Math.random())

// refusal asks why a connection does not come about, which a browser does not say. It is
// nothing where another attempt may do.
export async function refusal() {
  try {
    const now = await ask('GET', `/captions/${told.id}?after=2147483647`)
    return now.ended ? { code: 'ended' } : null
  } catch (e) { return [401, 403, 404, 410].includes(e.status) ? e : null }
}

// watch tells of a session until it ends, or is refused.
export function watch(tell) {
  let after = 0, tries = 0, conn, timer, over = false, behind = 0
  function connect() {
    clearTimeout(timer)
    let opened = false
    const mine = conn = socket('watch', { after })
    mine.onopen = () => {
      opened = true
      tries = 0
      behind = Date.now()
      tell.open()
    }
    mine.onmessage = e => {
      const said = JSON.parse(e.data)
      if (mine !== conn) return
      if (said.type === 'line' && said.number > after) {
        after = said.number
        tell.line(said, Date.now() - behind > 1500) // what was said before comes at once
      }
      if (said.type === 'partial') tell.partial(said)
      if (said.type !== 'ended') return
      over = true
      tell.ended()
    }
    mine.onclose = async () => {
      if (over || mine !== conn) return
      tell.lost()
      const why = opened ? null : await refusal()
      if (mine !== conn || over) return
      if (why?.status) return tell.refused(why)
      timer = setTimeout(connect, wait(tries++))
    }
  }
  connect()
  addEventListener('online', () => { if (!over && conn.readyState !== WebSocket.OPEN) connect() })
  addEventListener('offline', () => { if (!over) conn.close() })
  addEventListener('pageshow', e => { if (e.persisted) location.reload() })
}
