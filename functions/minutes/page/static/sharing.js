// Who may read and edit, links, reasons to keep, and what was done: one dialog, of which
// each sees what is theirs to see.
import { $, make, say, why, announce } from './base.js'
import { ask } from './api.js'
import { day } from './day.js'
import { readyToLink, showLinks } from './links.js'
import { showHolds, readyToHold } from './hold.js'
import { when } from './text.js'

let path = '', refresh = () => {}, etag = '', owner = '', people = [], may = 'own'

export const mayEdit = () => may !== 'read'

// showAccess shows on the page what the caller may, and when the minutes go.
export function showAccess({ access }) {
  if (!access) return
  may = document.body.dataset.may = access.may
  const said = access.holds?.length ? say('fate_held', access.holds.map(h => h.why).join(', ')) : access.deletes_on ? say('fate_until', day(access.deletes_on)) : ''
  $('fate').textContent = said
  $('fate').hidden = !said
}

const problem = e => {
  $('sharing-problem').textContent = e ? why(e) : ''
  $('sharing-problem').hidden = !e
  if (e) $('sharing-problem').scrollIntoView({ block: 'nearest' })
}

// doing does something, and says what went wrong.
export async function doing(button, work) {
  button.disabled = true
  problem()
  try { await work() } catch (e) { problem(e) }
  button.disabled = false
}

async function open() {
  $('sharing').showModal()
  $('sharing-close').focus()
  problem()
  try { await read() } catch (e) { problem(e) }
}

async function read() {
  const answer = await fetch(path + '/rights', { headers: { Accept: 'application/json' } }), rights = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(rights.error?.message), rights.error)
  etag = answer.headers.get('ETag')
  draw(rights)
  const detail = await ask('GET', path)
  showAccess(detail)
  showHolds(detail.access)
  const own = rights.may === 'own'
  $('linking').hidden = $('trailing').hidden = !own
  if (!own) return
  showLinks()
  const { trail } = await ask('GET', path + '/trail')
  $('trail').replaceChildren(...(trail.length ? trail.map(line) : [make('li', { textContent: say('no_trail') })]))
}

const line = a => make('li', {}, when(a.at), make('span', {}, make('bdi', { textContent: a.account || say('app') }), ' ', make('span', { textContent: a.text })))

function draw(rights) {
  owner = rights.owner
  people = [...rights.editors.map(account => ({ account, may: 'edit' })), ...rights.readers.map(account => ({ account, may: 'read' }))].sort((a, b) => a.account < b.account ? -1 : 1)
  const own = rights.may === 'own'
  for (const radio of $('see').querySelectorAll('input')) Object.assign(radio, { checked: radio.value === rights.visibility, disabled: !own })
  $('owned').replaceChildren(say('rights_owner'), ' ', owner ? make('b', {}, make('bdi', { textContent: owner })) : say('nobody_owns'), ...(own ? [] : [make('br'), say('only_owner')]))
  $('rights-save').hidden = $('person').parentElement.hidden = !own
  list(own)
}

function list(own) {
  $('allowed').replaceChildren(...(people.length ? people.map(p => entry(p, own)) : [make('li', { className: 'none', textContent: say('nobody_named') })]))
}

function entry(p, own) {
  const name = make('bdi', { textContent: p.account })
  if (!own) return make('li', {}, name, make('span', { textContent: p.may === 'edit' ? say('may_edit') : say('may_read') }))
  const choice = make('select', { ariaLabel: say('may_of', p.account) }, make('option', { value: 'read', textContent: say('may_read') }), make('option', { value: 'edit', textContent: say('may_edit') }), make('option', { value: 'own', textContent: say('may_owner') }))
  choice.value = p.may
  choice.onchange = () => { p.may = choice.value }
  const drop = make('button', { type: 'button', className: 'quiet', textContent: '×', title: say('drop_person', p.account), ariaLabel: say('drop_person', p.account) })
  drop.onclick = () => { people = people.filter(other => other !== p); list(true); $('person').focus() }
  return make('li', {}, name, choice, drop)
}

// add names who stands in the field.
function add() {
  const account = $('person').value.trim()
  if (!account) return
  if (!/^[!-~]{1,128}$/.test(account)) throw Object.assign(new Error(say('bad_account')), { code: 'bad_account' })
  if (account !== owner && !people.some(p => p.account === account)) people.push({ account, may: 'read' })
  list(true)
  $('person').value = ''
  $('person').focus()
}

// save gives the rights over those that were read. Who makes somebody else the owner
// stays among those who edit.
async function save() {
  add()
  const next = people.find(p => p.may === 'own'), named = kind => people.filter(p => p.may === kind).map(p => p.account)
  const body = { owner: next?.account || owner || people[0]?.account || '', visibility: $('see').querySelector(':checked')?.value || 'open', readers: named('read'), editors: named('edit') }
  if (next && owner) body.editors.push(owner)
  try {
    await ask('PUT', path + '/rights', body, { headers: { 'If-Match': etag } })
    announce(say('rights_saved'))
  } catch (e) {
    if (e.status !== 412) throw e
    await read()
    throw Object.assign(new Error(say('rights_changed')), { code: e.code })
  }
  await read()
  refresh()
}

export function readyToShare(minutes, anew) {
  path = minutes
  refresh = anew
  readyToLink(path, doing, read)
  readyToHold(path, doing, async () => { await read(); refresh() })
  $('share').addEventListener('click', open)
  $('sharing-close').addEventListener('click', () => $('sharing').close())
  const take = () => doing($('person-add'), async () => add())
  $('person-add').addEventListener('click', take)
  $('person').addEventListener('keydown', e => { if (e.key === 'Enter') { e.preventDefault(); take() } })
  $('rights').addEventListener('submit', e => { e.preventDefault(); doing($('rights-save'), save) })
}
