// What the pages ask of the function, and of the object store.
import { say, language } from './base.js'

// shown are headers that every request shows besides its own: the pass of whoever came
// by a link.
export const shown = {}

// ask speaks to the API. A refusal is an error with its code, status and words.
export async function ask(method, path, body, { headers = {}, signal } = {}) {
  const answer = await fetch(path, { method, signal, body: body && JSON.stringify(body),
    headers: { Accept: 'application/json', 'Accept-Language': language, ...shown, ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers } })
  if (answer.status === 204) return null
  const said = await answer.json().catch(() => ({}))
  if (answer.ok) return said
  const code = said.error?.code || 'failed'
  throw Object.assign(new Error(answer.status === 401 ? say('signed_out') : said.error?.message || say('failed')), { code, status: answer.status })
}

export const pathOf = id => '/minutes/' + encodeURIComponent(id)

// putSummary writes a summary over the revision that was edited. Base is the automatic
// one that was taken over or looked through, where one was.
export function putSummary(id, document, etag, base) {
  return ask('PUT', `${pathOf(id)}/summary${base ? '?' + new URLSearchParams({ base }) : ''}`, document, { headers: { 'If-Match': etag } })
}

// token is a word that nobody else has: of 32 hexadecimal digits.
export const token = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('')

// send sends a file by a signed request, and tells how far it is, from 0 to 1. A
// store that is busy is asked again.
export async function send(upload, file, told, signal) {
  for (let wait = 1; ; wait *= 2) {
    const status = await sendOnce(upload, file, told, signal)
    if (status >= 200 && status < 300) return
    if (status < 500 || wait > 8) throw Object.assign(new Error(say('not_sent')), { code: 'not_sent', status })
    await new Promise(done => setTimeout(done, wait * 1000))
  }
}

// sendOnce answers with the status, 0 where the connection broke. Only what sounds is
// stored as what the browser thinks it is: nothing there shall be shown as a page.
const sendOnce = (upload, file, told, signal) => new Promise((done, fail) => {
  const request = new XMLHttpRequest(), kind = /^(audio|video)\//.test(file.type) ? file.type : 'application/octet-stream'
  request.open(upload.method, upload.url)
  for (const [name, values] of Object.entries(upload.headers)) request.setRequestHeader(name, values.join(', '))
  request.setRequestHeader('Content-Type', kind)
  request.upload.onprogress = e => told(e.total ? e.loaded / e.total : 0)
  request.onload = () => done(request.status)
  request.onerror = () => done(0)
  request.onabort = () => fail(new DOMException('aborted', 'AbortError'))
  signal.addEventListener('abort', () => request.abort())
  request.send(file)
})
