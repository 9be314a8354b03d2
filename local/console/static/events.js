// The list of events follows what comes. Rows are written in the time between two
// frames, and only so many are kept: nobody reads 500 a second.
import { $, told, say, make, ask, when, announce } from './console.js'

const body = document.querySelector('#events tbody')
const perFrame = 25 // rows written at once

let last = told.head     // where the stream has come to
let stream = null
let paused = false
let waiting = []         // lines and gaps that are not written yet, oldest first
let drawing = false
let skipped = 0
let calm = true          // few come at a time, so that each may be pointed out
let scrolled = false     // kept, for to ask makes the browser lay the page out
let newest = Number(body.querySelector('tr')?.dataset.seq || 0)

// name writes what somebody chose; a long one is cut by the style sheet.
const name = text => make('bdi', { className: text.length > 100 ? 'long' : '' }, text)

// row makes the row of an event. Whatever it says is text.
function row(e) {
  const cell = (key, ...inside) => { const td = make('td', {}, ...inside); td.dataset.name = say(key); return td }
  const time = make('time', { dateTime: e.at })
  time.dataset.as = 'clock'
  when(time)
  const tr = make('tr', { className: calm ? 'fresh' : '' },
    cell('c time', time),
    cell('c type', make('a', { href: '/console/events/' + e.seq, title: e.type }, name(e.short))),
    cell('c subject', name(e.subject)), cell('c unit', name(e.unit)), cell('c went'))
  tr.dataset.seq = e.seq
  mark(tr, e)
  return tr
}

// mark writes where an event's deliveries stand.
function mark(tr, e) {
  const went = tr.lastElementChild
  went.className = 'went'
  went.replaceChildren(...e.standings.map(s => make('span', { className: 'state ' + s.kind, title: s.title }, make('bdi', {}, s.function), ' ' + s.word)))
  if (!e.standings.length) went.append(make('span', { className: 'quiet' }, say('stand none')))
  tr.toggleAttribute('data-open', e.open)
}

// gap makes the row that says how many were left out, and leads to them.
function gap(g) {
  const to = new URL(location.href)
  to.searchParams.set('after', g.after)
  to.searchParams.set('before', g.before)
  return make('tr', { className: 'left-out' }, make('td', { colSpan: 5 }, say('skipped', g.count) + ' ', make('a', { href: to.search }, say('see skipped'))))
}

// hold reports whether new rows must wait: the reader has asked for it, or reads.
const reads = () => scrolled || body.contains(document.activeElement)
const hold = () => paused || reads()

function draw() {
  drawing = false
  if (hold()) return tell()
  const rows = waiting.splice(0, perFrame).map(w => w.count ? gap(w) : row(w))
  $('empty')?.remove()
  body.prepend(...rows.reverse())
  while (body.children.length > told.held) body.lastElementChild.remove()
  older()
  tell()
  if (waiting.length) schedule()
}

function schedule() {
  if (drawing) return
  drawing = true
  requestAnimationFrame(draw)
}

// older lets the way to older events begin below the rows that are left.
function older() {
  const lowest = [...body.children].findLast(tr => tr.dataset.seq)
  if (!$('older') || !lowest) return
  const to = new URL($('older').href)
  to.searchParams.set('before', lowest.dataset.seq)
  $('older').href = to.search
}

// take keeps what came. What the page could not hold is left out at once.
function take(message) {
  if (message.skipped) leave(message.skipped)
  calm = message.events.length < 5
  for (const e of message.events) if (e.seq > newest) { waiting.push(e); newest = e.seq }
  const over = waiting.length - told.held
  if (over > 0) {
    const out = waiting.splice(0, over + 1)
    skipped += out.filter(w => !w.count).length
    waiting.unshift({ count: out.reduce((n, w) => n + (w.count || 1), 0), after: Math.min(...out.map(w => w.after ?? w.seq - 1)), before: Math.max(...out.map(w => w.before ?? w.seq + 1)) })
  }
  hold() ? tell() : schedule()
}

function leave(g) {
  skipped += g.count
  waiting.push(g)
}

// tell says how the stream stands.
function tell(state) {
  const n = waiting.reduce((n, w) => n + (w.count ? 0 : 1), 0)
  const lost = state || (stream?.readyState === EventSource.OPEN ? '' : 'live lost')
  $('live').hidden = false
  $('live-state').className = 'state ' + (lost ? 'bad' : paused ? 'wait' : 'good')
  $('live-state').textContent = lost ? say(lost) : paused ? say('live off', n) : say('live on')
  $('live-skipped').textContent = skipped ? say('skipped all', skipped) : ''
  offer(!paused && reads() && n)
}

// offer lets a reader go to what has come meanwhile.
function offer(n) {
  const there = $('held')
  if (!n) return there?.remove()
  if (there) { there.textContent = say('live held', n); return }
  const button = make('button', { id: 'held', type: 'button' }, say('live held', n))
  button.addEventListener('click', () => { button.remove(); scrollTo(0, 0); scrolled = false; $('main').focus({ preventScroll: true }); schedule() })
  body.closest('section').prepend(button)
}

// follow opens the stream where it was left. A browser opens it again by itself while
// nobody answers; where it was refused, the person may have been signed out.
function follow() {
  const from = new URL('/console/events/stream' + location.search, location.href)
  from.searchParams.set('after', last)
  stream?.close()
  stream = new EventSource(from)
  stream.addEventListener('open', () => tell())
  stream.addEventListener('message', m => {
    last = m.lastEventId || last
    take(JSON.parse(m.data))
  })
  stream.addEventListener('error', async () => {
    tell()
    if (stream.readyState !== EventSource.CLOSED || document.hidden) return
    try { await standings([last]) } catch (error) { if (error.status === 401) return tell('live out') }
    setTimeout(follow, 2000)
  })
}

const standings = seqs => ask('GET', '/console/events/standing?seq=' + seqs.join(','))

// refresh asks how rows that have not ended stand now.
async function refresh() {
  const open = [...body.querySelectorAll('tr[data-open]')].slice(0, 200)
  try {
    if (open.length && !document.hidden) {
      const said = await standings(open.map(tr => tr.dataset.seq))
      const now = new Map(said.events.map(e => [String(e.seq), e]))
      for (const tr of open) if (now.has(tr.dataset.seq)) mark(tr, now.get(tr.dataset.seq))
    }
  } catch { /* the stream says that nobody answers */ }
  setTimeout(refresh, 1000)
}

// Forms know no zone: what stands in the address with one is shown in the reader's, and
// what the reader writes is sent with it.
const two = n => String(n).padStart(2, '0')
const local = d => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
for (const name of ['since', 'until']) {
  const field = document.querySelector(`#filters [name=${name}]`)
  const asked = new Date(new URLSearchParams(location.search).get(name) || NaN)
  if (!isNaN(asked)) field.value = local(asked)
  field.previousSibling.textContent = field.previousSibling.textContent.replace(/\s*[（(].*$/, '')
}
$('filters').addEventListener('formdata', e => {
  for (const [name, value] of [...e.formData]) {
    if (!value) e.formData.delete(name)
    else if (name === 'since' || name === 'until') e.formData.set(name, new Date(value).toISOString())
  }
})

refresh()
if (told.live) {
  $('pause').addEventListener('click', () => {
    paused = !paused
    $('pause').textContent = say(paused ? 'continue' : 'pause')
    paused ? tell() : schedule()
  })
  addEventListener('scroll', () => { scrolled = scrollY > 300; if (waiting.length && !hold()) schedule() }, { passive: true })
  body.addEventListener('focusout', () => { if (waiting.length) setTimeout(schedule, 200) })
  // A browser keeps six connections to one address: a page that nobody sees needs none.
  document.addEventListener('visibilitychange', () => { document.hidden ? stream?.close() : follow() })
  follow()
  let heard = last
  setInterval(() => { // those who listen are told now and then, not 500 times a second
    const n = [...body.children].findIndex(tr => tr.dataset.seq <= heard)
    if (n > 0 && !paused) announce(say('news', n))
    heard = body.firstElementChild?.dataset.seq || heard
  }, 15000)
}
