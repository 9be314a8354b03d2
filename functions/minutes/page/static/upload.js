// A recording, or a transcript in its place, is uploaded: the API signs a request, and
// the browser sends the file straight to the object store.
import { $, told, say, why, announce } from './base.js'
import { ask, pathOf, send, token } from './api.js'

let stop, chosen, grant, key, given = {}

// upload asks for a file and sends it; it answers with the id of the minutes, and
// with nothing where it was left.
export function upload(minutes) {
  given = minutes || {}
  key = token()
  grant = chosen = stop = null
  $('upload-form').reset()
  $('upload-heading').textContent = given.id ? say('upload_again') : say('upload')
  $('titled').hidden = $('of-kind').hidden = !!given.id
  $('upload-title').maxLength = told.title
  $('spoken').value = ['zh', 'en', 'ja'].includes(given.language) ? given.language : ''
  if (given.file) take(given.file)
  else choose(null)
  busy(false)
  $('upload').showModal()
  return new Promise(done => { $('upload').onclose = () => done($('upload').returnValue) })
}

function choose(file) {
  chosen = file
  grant = null
  $('chosen').textContent = file ? file.name : say('choose')
  $('upload-go').disabled = !file
  problem('')
}

// take chooses a file, and offers its name as the title.
function take(file) {
  choose(file)
  if (file && !$('upload-title').value) $('upload-title').placeholder = file.name.replace(/\.[^.]*$/, '')
}

function problem(text) {
  $('upload-problem').textContent = text
  $('upload-problem').hidden = !text
}

function busy(is) {
  $('sending').hidden = !is
  $('upload-go').disabled = is || !chosen
  for (const name of ['file', 'upload-title', 'upload-kind', 'spoken']) $(name).disabled = is
  if (is) progress(0)
}

function progress(share) {
  $('sent').value = share
  $('sent-text').textContent = say('sent', Math.floor(share * 100) + '%')
}

// sign gets a signed request for the chosen file. Asking again makes nothing twice.
async function sign() {
  if (grant && new Date(grant.upload.expires) > new Date(Date.now() + 5000)) return grant
  const language = $('spoken').value, name = chosen.name
  if (given.id) grant = await ask('POST', pathOf(given.id) + '/uploads', { name, language })
  else {
    grant = await ask('POST', '/minutes', { title: $('upload-title').value.trim() || name.replace(/\.[^.]*$/, '').slice(0, told.title), name, language, kind: $('upload-kind').value }, { headers: { 'Idempotency-Key': key } })
    given = { ...given, id: grant.id, fresh: true }
  }
  return grant
}

async function go() {
  problem('')
  busy(true)
  stop = new AbortController()
  try {
    const { id, upload } = await sign()
    await send(upload, chosen, progress, stop.signal)
    stop = null
    announce(say('uploaded'))
    $('upload').close(id)
  } catch (e) {
    stop = null
    busy(false)
    if (e.name !== 'AbortError') problem(why(e))
  }
}

// leave gives up what was begun: nothing stays behind of minutes that never got a file.
async function leave() {
  stop?.abort()
  if (given.fresh) await ask('DELETE', pathOf(given.id)).catch(() => {})
  given = {}
  $('upload').close('')
}

export function readyToUpload() {
  $('upload-form').addEventListener('submit', e => { e.preventDefault(); go() })
  $('upload-cancel').addEventListener('click', leave)
  $('upload').addEventListener('cancel', e => { e.preventDefault(); if (!stop) leave() })
  $('file').addEventListener('change', () => take($('file').files[0]))
  $('drop').addEventListener('dragover', e => e.preventDefault())
  $('drop').addEventListener('drop', e => { e.preventDefault(); if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]) })
  addEventListener('beforeunload', e => { if (stop) e.preventDefault() })
}
