// Dead letters: ticking, the question before something is done, and news of more.
import { $, told, ask, say, make } from './console.js'

// The question stands in the page; here it becomes a dialog that Escape closes, and
// the address forgets it.
const question = $('ask')
if (question) {
  question.removeAttribute('open')
  question.showModal()
  question.addEventListener('close', () => history.replaceState(null, '', question.dataset.back))
  question.querySelector('[data-close]')?.addEventListener('click', e => { e.preventDefault(); question.close() })
}

// What was sent is not sent again by a second click.
for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', e => {
    if (form.dataset.sent) { e.preventDefault(); return }
    form.dataset.sent = true
    form.querySelector('button').setAttribute('aria-disabled', true)
  })
}

// A page that the browser had kept may be old, and its forms were sent.
addEventListener('pageshow', e => { if (e.persisted) location.reload() })

const choose = $('choose')
if (choose) {
  const boxes = [...choose.querySelectorAll('input[name=letter]')]
  const all = $('all')
  const empty = $('ticked').textContent
  const tell = () => {
    const n = boxes.filter(b => b.checked).length
    for (const b of choose.querySelectorAll('[data-ticked]')) b.disabled = n === 0
    all.checked = n === boxes.length
    all.indeterminate = n > 0 && n < boxes.length
    $('ticked').textContent = n ? say('ticked', n) : empty
  }
  all.hidden = false
  all.addEventListener('change', () => { for (const b of boxes) b.checked = all.checked; tell() })
  choose.addEventListener('change', tell)
  // What is ticked is no part of what all that match means.
  for (const b of choose.querySelectorAll('[data-all]')) b.addEventListener('click', () => { for (const box of boxes) box.checked = false })
  addEventListener('pageshow', tell)
  tell()
}

// A field for a moment shows the reader's zone, and sends one that all programs know.
const filter = $('filter')
if (filter) {
  const moments = [...filter.querySelectorAll('input[type=datetime-local]')]
  const pad = n => String(n).padStart(2, '0')
  for (const m of moments) {
    if (!m.dataset.at) continue
    const at = new Date(m.dataset.at)
    m.value = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
    m.dataset.shown = m.value
  }
  filter.addEventListener('submit', () => {
    for (const f of filter.elements) if (f.name && !f.value) f.disabled = true // a short address
    for (const m of moments) {
      if (!m.value) continue
      const at = m.value === m.dataset.shown ? m.dataset.at : new Date(m.value).toISOString()
      m.type = 'text'
      m.value = at
    }
  })
}

// News does not move what the operator is reading: it is only told.
async function news() {
  if (document.hidden) return
  try {
    const { total } = await ask('GET', location.pathname + location.search)
    const more = total - told.total
    if (more > 0 && $('news').dataset.more !== String(more)) {
      $('news').dataset.more = more
      $('news').replaceChildren(make('a', { href: location.search || location.pathname, textContent: `${say('new dead', more)} · ${say('reload')}` }))
    }
  } catch { /* the server is away; the next look will tell */ }
}
if ($('news')) setInterval(news, 10_000)
