// Links to the minutes: made, listed, revoked.
import { $, make, say, announce } from './base.js'
import { ask } from './api.js'
import { day } from './day.js'

let path = '', doing, changed

export async function showLinks() {
  const { links } = await ask('GET', path + '/links')
  $('links').replaceChildren(...(links.length ? links.map(entry) : [make('li', { className: 'none', textContent: say('no_links') })]))
}

function entry(l) {
  const facts = [l.stands ? say('link_until', day(l.ends_at)) : say('link_over'), l.may === 'read+audio' && say('link_with_sound'), l.password && say('link_locked'), say('link_uses', l.uses), l.used_at && say('link_used', day(l.used_at))].filter(Boolean)
  const about = make('span', { className: l.stands ? '' : 'over' }, make('b', {}, make('bdi', { textContent: l.name })), make('small', { textContent: facts.join(' · ') }))
  if (!l.stands) return make('li', {}, about)
  const revoke = make('button', { type: 'button', className: 'danger', textContent: say('revoke'), ariaLabel: say('revoke_of', l.name) })
  revoke.onclick = () => doing(revoke, async () => {
    await ask('DELETE', `${path}/links/${encodeURIComponent(l.id)}`)
    await changed()
  })
  return make('li', {}, about, revoke)
}

async function made() {
  const l = await ask('POST', path + '/links', { days: +$('link-days').value, name: $('link-name').value.trim(), may: $('link-hear').checked ? 'read+audio' : 'read', password: $('link-password').value })
  $('link').reset()
  await changed()
  $('made').hidden = false
  $('address').value = location.origin + l.address
  $('address').select()
}

async function copy() {
  $('address').select()
  try { await navigator.clipboard.writeText($('address').value) } catch { document.execCommand('copy') }
  announce(say('copied'))
  $('address-copy').textContent = say('copied')
  setTimeout(() => { $('address-copy').textContent = say('copy') }, 2000)
}

export function readyToLink(minutes, how, then) {
  path = minutes
  doing = how
  changed = then
  $('link').addEventListener('submit', e => { e.preventDefault(); doing($('link-make'), made) })
  $('address-copy').addEventListener('click', copy)
  $('sharing').addEventListener('close', () => { $('made').hidden = true; $('address').value = '' })
}
