// Reading a part of a page again. The server writes that part, with all its escapes, as
// it did the first time: nothing here makes HTML of what people wrote.
import { whens } from './console.js'

let took = 0 // milliseconds that the last reading took: a long story is read less often

// again replaces a part of the page as long as goesOn says so of the page that was read,
// and calls ended after that. The focus stays where it was.
export function again(part, goesOn, ended = () => {}) {
  setTimeout(async () => {
    let page
    try {
      if (!document.hidden) page = await read(part)
    } catch (error) {
      if (error.status === 401 || error.status === 404) return // the person is out, or the event is gone
    }
    !page || goesOn(page) ? again(part, goesOn, ended) : ended()
  }, Math.max(1000, 5 * took))
}

async function read(part) {
  const began = performance.now()
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
  if (!answer.ok) throw Object.assign(new Error('read again'), { status: answer.status })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute('href')
  part.replaceChildren(...document.adoptNode(page.getElementById(part.id)).childNodes)
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
  whens(part)
  took = performance.now() - began
  return page
}
