// The form of an event: entries of lists come and go, and what is left out is hidden.
import { $, say, announce } from './console.js'

// numbered gives a new entry its number, wherever {n} stands for it first.
function numbered(root, n) {
  for (const element of root.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) if (value.includes('{n}')) element.setAttribute(name, value.replace('{n}', n))
    if (element.content) numbered(element.content, n)
  }
}

// full hides what adds an entry where a list holds as many as it may.
function full(list) {
  const most = +list.dataset.most
  const entries = list.querySelector('.entries')
  list.querySelector(':scope > .inner > .add').hidden = most > 0 && entries.children.length >= most
}

function add(button) {
  const list = button.closest('.list')
  const entry = list.querySelector(':scope > .inner > template').content.cloneNode(true)
  numbered(entry, Date.now().toString(36) + list.querySelectorAll('.entry').length)
  ready(entry)
  const entries = list.querySelector('.entries')
  entries.append(entry)
  full(list)
  entries.lastElementChild.querySelector('input:not([type=hidden]), select, textarea, button')?.focus()
  announce(say('entry added'))
}

function drop(button) {
  const list = button.closest('.list')
  button.closest('.entry').remove()
  full(list)
  list.querySelector(':scope > .inner > .add').focus()
  announce(say('entry removed'))
}

// include shows what is included, and takes the rest out of the form.
function include(box) {
  const inner = box.closest('fieldset').querySelector(':scope > .inner')
  inner.hidden = !box.checked
  for (const field of inner.querySelectorAll('input, select, textarea')) field.disabled = !box.checked || !!field.closest('.inner[hidden]')
}

function ready(root) {
  for (const button of root.querySelectorAll('.add, .drop')) button.hidden = false
  for (const list of root.querySelectorAll('.list')) full(list)
  for (const box of root.querySelectorAll('.include input')) if (!box.checked) include(box)
}

const form = $('made')
if (form) {
  ready(form)
  form.addEventListener('click', event => {
    const button = event.target.closest('.add, .drop')
    if (button) button.matches('.add') ? add(button) : drop(button)
  })
  form.addEventListener('change', event => { if (event.target.matches('.include input')) include(event.target) })
}

// What is wrong is where the reader goes.
const problem = $('problem')
if (problem) {
  const field = [...document.querySelectorAll('.field.bad')].at(-1)
  const to = field?.querySelector('input:not([type=hidden]), select, textarea') || problem
  to.focus()
  to.scrollIntoView({ block: 'center' })
}
