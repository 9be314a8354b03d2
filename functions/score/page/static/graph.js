// Who was met with whom, as a drawing and as a table. The drawing has a column for each
// step away from where it begins; of many it shows the nearest.
import { make, say, ask } from './base.js'
import { to, asked } from './address.js'
import { when, entity, said, link, card, table, quiet } from './parts.js'

const most = 14 // in a column
const line = 40, wide = 210, gap = 110 // pixels

// graphOf shows what is around a device, an account or an address.
export async function graphOf(at, kind, name, signal) {
  const depth = at.depth === '2' ? 2 : 1
  const g = await ask('GET', asked('/score/graph', { [kind]: name, depth }), null, signal).catch(error => {
    if (error.status !== 404) throw error
    return { nodes: [], edges: [] } // no device of the unit was met with it
  })
  const turn = make('a', { className: 'button', href: to({ ...at, depth: depth === 1 ? 2 : '' }), textContent: say(depth === 1 ? 'two_steps' : 'one_step') })
  const nodes = new Map(g.nodes.map(n => [n.id, n]))
  const edges = [...g.edges].sort((a, b) => a.last < b.last ? 1 : -1)
  return card(say('met'), ...(g.edges.length ? [drawing(g), make('details', {}, make('summary', { textContent: say('as_table', g.edges.length) }), table(say('met'), [
    [say('one'), e => [said('kind', nodes.get(e.from).kind), ' ', entity(nodes.get(e.from).kind, e.from)]],
    [say('other'), e => [said('kind', nodes.get(e.to)?.kind), ' ', entity(nodes.get(e.to)?.kind, e.to)]],
    [say('first'), e => when(e.first)], [say('last'), e => when(e.last)],
  ], edges)), ...(g.cut ? [quiet(say('graph_cut'))] : []), make('p', {}, turn)] : [quiet(say('met_nobody'))]))
}

// draw makes an element of a drawing.
function draw(name, attributes, ...inside) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value)
  e.append(...inside)
  return e
}

// places puts each node into its column, in the order in which they came.
function places(nodes) {
  const columns = []
  for (const n of nodes) (columns[n.steps] ||= []).push(n)
  const rest = columns.map(c => c.splice(most).length), tall = Math.max(...columns.map((c, i) => c.length + (rest[i] ? 1 : 0)))
  const at = new Map()
  columns.forEach((c, x) => {
    const top = (tall - c.length - (rest[x] ? 1 : 0)) / 2
    c.forEach((n, i) => at.set(n.id, { n, x: x * (wide + gap), y: (top + i) * line }))
  })
  return { at, columns, rest, tall }
}

const icons = { device: 'M7 3h8v16H7zM10 16.500h2', account: 'M11 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM4 19c1-4 3.500-5.500 7-5.500s6 1.500 7 5.500', address: 'M11 3a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM3 11h16M11 3c3 3 3 13 0 16M11 3c-3 3-3 13 0 16' }

function box({ n, x, y }) {
  const name = n.id.length > 20 ? n.id.slice(0, 12) + '…' : n.id
  const way = n.kind === 'device' ? { view: 'device', device: n.id } : { view: 'entity', [n.kind]: n.kind === 'account' ? 'hash:' + n.id : n.id }
  return draw('a', { href: to(way), transform: `translate(${x} ${y})`, class: 'node ' + n.kind + (n.steps ? '' : ' start') },
    draw('title', {}, `${said('kind', n.kind)} ${n.id}`), draw('rect', { width: wide, height: line - 8, rx: 8 }),
    draw('path', { d: icons[n.kind], transform: 'translate(8 5)' }), draw('text', { x: 38, y: 21 }, name))
}

function drawing(g) {
  const { at, columns, rest, tall } = places(g.nodes), width = columns.length * (wide + gap) - gap
  const lines = g.edges.filter(e => at.has(e.from) && at.has(e.to)).map(e => {
    let [a, b] = [at.get(e.from), at.get(e.to)]
    if (a.x > b.x) [a, b] = [b, a]
    const y1 = a.y + line / 2 - 4, y2 = b.y + line / 2 - 4, x1 = a.x + wide, x2 = b.x
    const d = a.x === b.x ? `M${x1} ${y1}C${x1 + 50} ${y1} ${x1 + 50} ${y2} ${x1} ${y2}` : `M${x1} ${y1}C${x1 + gap / 2} ${y1} ${x2 - gap / 2} ${y2} ${x2} ${y2}`
    return draw('path', { d, class: 'edge' })
  })
  const more = rest.flatMap((n, x) => n ? [draw('text', { x: x * (wide + gap) + 8, y: (tall + columns[x].length + 1) / 2 * line - 18, class: 'more' }, say('and_more', n))] : [])
  const svg = draw('svg', { viewBox: `-2 -2 ${width + 60} ${tall * line + 4}`, role: 'group', 'aria-label': say('met'), class: 'graph' }, ...lines, ...[...at.values()].map(box), ...more)
  svg.style.setProperty('width', width + 60 + 'px')
  svg.style.setProperty('height', tall * line + 4 + 'px')
  return make('div', { className: 'scroll' }, svg)
}

export const decisionsLink = (kind, name) => link({ [kind]: name }, say('its_decisions'))
