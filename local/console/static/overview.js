// The overview refreshes itself: it fetches its own page, and changes here what is
// different there, so that focus, scrolling and what somebody opened or typed stay.
import { $, say, announce, whens } from './console.js'
import { follow } from './overview_same.js'

const every = 5000

// needs are what needs somebody, as text.
const needs = () => [...document.querySelectorAll('#needs li')].map(line => line.textContent.trim())

let before = needs()

// told says aloud what is new among what needs somebody, and when nothing does any more.
function told() {
  const now = needs()
  const kinds = all => new Set(all.map(text => text.replace(/[0-9.]+/g, '')))
  const fresh = now.filter(text => !kinds(before).has(text.replace(/[0-9.]+/g, '')))
  if (fresh.length) announce(say('new need', fresh.join(' ')))
  else if (before.length && !now.length) announce(say('well'))
  before = now
}

async function refresh() {
  const answer = await fetch('/console/', { headers: { Accept: 'text/html' }, cache: 'no-store' })
  if (!answer.ok) throw new Error(answer.status)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const id of ['live', 'asof']) follow($(id), page.getElementById(id))
  whens($('live'))
  whens($('asof'))
  told()
}

async function again() {
  if (!document.hidden) {
    try {
      await refresh()
      $('stale').hidden = true
    } catch {
      $('stale').textContent = say('stale')
      $('stale').hidden = false
    }
  }
  setTimeout(again, every)
}

if (new URLSearchParams(location.search).has('done')) history.replaceState(null, '', '/console/' + location.hash)
$('self').hidden = false
setTimeout(again, every)
