// Files are dropped or chosen, go up one after the other, and their stories are shown
// while they happen.
import { $, told, say, make, why, ask, announce } from './console.js'
import { watch } from './try_story.js'

// guess is the kind of a file by the ending of its name.
function guess(name) {
  const lower = name.toLowerCase()
  for (const [kind, endings] of Object.entries(told.kinds)) if (endings.some(end => lower.endsWith('.' + end))) return kind
  return 'document'
}

const size = n => n < 1024 ? `${n} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(0)} KiB` : n < 1024 ** 3 ? `${(n / 1024 ** 2).toFixed(1)} MiB` : `${(n / 1024 ** 3).toFixed(1)} GiB`

// send sends a file and reports how far it is; fetch could not.
function send(file, kind, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', '/console/try/files?' + new URLSearchParams({ kind, name: file.name }))
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-Csrf', told.csrf)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = event => progress(event.loaded, event.total)
    request.onload = () => request.status < 300 ? resolve(request.response) : reject(Object.assign(new Error(request.response?.error?.message), { code: request.response?.error?.code }))
    request.onerror = () => reject(new Error('the connection broke'))
    request.onabort = () => reject(Object.assign(new Error(say('stopped')), { code: 'stopped' }))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

// take shows a file among the uploads and sends it.
async function take(file) {
  const kind = $('kind').value || guess(file.name)
  const state = make('span', { className: 'state busy', textContent: say('uploading') })
  const bar = make('progress', { max: file.size || 1, value: 0, ariaLabel: file.name })
  const stop = make('button', { type: 'button', textContent: say('stop') })
  const line = make('li', {}, make('div', { className: 'top' }, make('bdi', { textContent: file.name }), make('span', { className: 'quiet', textContent: `${size(file.size)} · ${say('kind ' + kind)}` }), state, stop), bar)
  $('uploads').prepend(line)
  const end = (text, className) => {
    state.textContent = text
    state.className = 'state ' + className
    bar.remove()
    stop.remove()
    announce(`${file.name}: ${text}`)
  }
  if (!file.size) return end(say('empty'), 'bad')
  if (file.size > told.limit) return end(say('too large'), 'bad')
  const stopping = new AbortController()
  stop.addEventListener('click', () => stopping.abort())
  try {
    const put = await send(file, kind, (loaded, total) => {
      bar.value = loaded
      if (loaded === total) state.textContent = say('storing')
    }, stopping.signal)
    end(put.story ? say('uploaded') : say('no story'), 'good')
    if (put.story) watch(line, put.story)
  } catch (error) {
    end(why(error), 'bad')
  }
}

// One after the other, in the order in which they came.
let before = Promise.resolve()
const takeAll = files => { for (const file of files) before = before.then(() => take(file)) }

$('drop').hidden = false
$('files').addEventListener('change', () => {
  takeAll([...$('files').files])
  $('files').value = ''
})
const drop = $('drop')
for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.add('over') })
drop.addEventListener('dragleave', event => { if (!drop.contains(event.relatedTarget)) drop.classList.remove('over') })
drop.addEventListener('drop', event => {
  event.preventDefault()
  drop.classList.remove('over')
  takeAll([...event.dataTransfer.files])
})
// A file that misses its place must not open in place of the page.
for (const kind of ['dragover', 'drop']) addEventListener(kind, event => event.preventDefault())

if ($('story')) watch($('story'), $('story').dataset.story)
