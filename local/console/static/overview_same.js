// What a page shows is made the same as a newer copy of it, in place.

// What the reader does to a page is not undone by a newer copy.
const own = { DETAILS: ['open'], INPUT: ['value', 'checked'], TIME: ['title'] }

function attributes(here, there) {
  const keep = own[here.nodeName] || []
  for (const { name } of [...here.attributes]) if (!there.hasAttribute(name) && !keep.includes(name)) here.removeAttribute(name)
  for (const { name, value } of there.attributes) if (here.getAttribute(name) !== value && !keep.includes(name)) here.setAttribute(name, value)
}

// named tells rows apart, so that one which comes or goes does not change all behind it.
const named = node => node.nodeName + '|' + (node.dataset?.trigger || node.dataset?.function || node.id || '')

// follow makes an element the same as another, part by part.
export function follow(here, there) {
  if (here.isEqualNode(there)) return
  if (here.nodeName === 'TIME' && here.dateTime === there.dateTime) return // written in the reader's zone already
  attributes(here, there)
  let at = here.firstChild
  for (const next of [...there.childNodes]) {
    while (at && at.nodeType === 1 && named(at) !== named(next) && ![...there.childNodes].some(node => named(node) === named(at))) {
      const gone = at
      at = at.nextSibling
      gone.remove()
    }
    if (at && named(at) === named(next)) {
      if (next.nodeType === 1) follow(at, next)
      else if (at.nodeValue !== next.nodeValue) at.nodeValue = next.nodeValue
      at = at.nextSibling
    } else here.insertBefore(document.importNode(next, true), at)
  }
  while (at) {
    const gone = at
    at = at.nextSibling
    gone.remove()
  }
}
