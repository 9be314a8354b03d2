// The story of something that was sent: its events as they come, until nothing of it is
// on its way any more.
import { say, make, ask, announce, when } from './console.js'

const soon = 700
const later = 4000
const patience = 3 // looks at which nothing is on its way, before it is over
const often = 100 // looks, before they become fewer
const most = 300 // events that are shown, the latest; the whole story is a page of its own

const wait = time => new Promise(resolve => setTimeout(resolve, time))

// line is one event.
function line(event) {
  const at = make('time', { dateTime: event.at })
  at.dataset.as = 'clock'
  when(at)
  return make('li', {}, at, make('span', { textContent: event.title }), make('bdi', { className: 'quiet', textContent: event.about }))
}

// stand is how the story stands, in words.
function stand(state, story) {
  if (state.open) return ['busy', say('story open', state.open)]
  if (!story.seen) return ['wait', say('story waits')]
  if (state.dead) return ['bad', say('story dead', state.dead)]
  return ['good', say('story complete', state.done)]
}

// watch shows a story inside an element, and follows it to its end.
export async function watch(inside, id) {
  let list = inside.querySelector('.told')
  let head = inside.querySelector('.stand')
  if (!list) inside.append(head = make('p', { className: 'stand' }), list = make('ol', { className: 'told' }))
  const state = make('span', { className: 'state busy', textContent: say('story waits') })
  const whole = make('a', { href: '/console/story/' + encodeURIComponent(id), textContent: say('story whole') })
  const letters = make('a', { href: '/console/dead', textContent: say('dead letters'), hidden: true })
  head.replaceChildren(state, whole, letters)
  const story = { seen: 0, after: 0, quiet: 0, looks: 0 }
  while (inside.isConnected && story.quiet < patience) {
    try {
      const news = await ask('GET', '/console/try/story?' + new URLSearchParams({ id, after: story.after }))
      const bottom = list.scrollHeight - list.scrollTop - list.clientHeight < 40
      list.append(...news.events.map(line))
      while (list.children.length > most) list.firstElementChild.remove()
      if (bottom) list.scrollTop = list.scrollHeight
      story.after = news.next
      story.seen += news.events.length
      const over = !news.open && !news.more && !news.events.length && story.seen
      story.quiet = over ? story.quiet + 1 : 0
      const [className, text] = stand(over && story.quiet < patience ? { open: 0, done: news.done, dead: news.dead } : news, story)
      state.className = 'state ' + className
      state.textContent = text
      letters.hidden = !news.dead
      if (news.more) continue
      await wait(++story.looks > often ? later : soon)
    } catch (error) {
      if (error.status === 401) return location.reload()
      await wait(later)
    }
  }
  inside.dataset.ended = state.classList.contains('bad') ? 'dead' : 'complete'
  announce(state.textContent)
}
