// Reading a part of a page again. The server writes that part, with all its escapes, as
// it did the first time: nothing here makes HTML of what people wrote.
import { whens } from './console.js'

let took = 0 // milliseconds that the last reading took: a long story is read less often

// again replaces a part as long as goesOn says so of the page that was read. What is
// open stays open, and the focus stays where it was.
export function again(part, goesOn, ended = () => {}) {
  setTimeout(async () => {
    let more = true
    try {
      if (!document.hidden) more = await read(part, goesOn)
    } catch { /* nobody answers; come again */ }
    more ? again(part, goesOn, ended) : ended()
  }, Math.max(1000, 5 * took))
}

async function read(part, goesOn) {
  const began = performance.now()
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
  if (answer.status === 401) return false
  if (!answer.ok) throw new Error(answer.status)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const fresh = page.getElementById(part.id)
  if (!fresh) return false
  const open = new Set([...part.querySelectorAll('details[open][id]')].map(d => d.id))
  const focused = path(part, document.activeElement)
  part.replaceChildren(...document.adoptNode(fresh).childNodes)
  for (const id of open) part.querySelector('#' + CSS.escape(id))?.setAttribute('open', '')
  focused && part.querySelector(`a[href=${JSON.stringify(focused)}]`)?.focus({ preventScroll: true })
  whens(part)
  took = performance.now() - began
  return goesOn(page)
}

const path = (part, element) => part.contains(element) && element.getAttribute('href')
