// A summary as a list of items, so that two can be compared and become one. Every
// sentence is an item by its id, every topic's title by its time, every keyword by
// itself.

const lists = ['abstract', 'decisions', 'actions']

// content is what people may change of a summary; the rest is the machine's.
export const content = d => ({ abstract: d.abstract, topics: d.topics, decisions: d.decisions, actions: d.actions, keywords: d.keywords })

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

const pointText = p => [p.text, p.owner, p.due].filter(Boolean).join(' · ')

// topicKey tells topics apart that begin and end at once.
function topicKeys(topics) {
  const seen = new Map()
  return topics.map(t => {
    const key = `${t.start_ms}-${t.end_ms}`, n = seen.get(key) || 0
    seen.set(key, n + 1)
    return `${key}-${n}`
  })
}

// items lays a summary out: {key, list, topic, text, value} each.
function items(d) {
  const all = []
  for (const list of lists) for (const p of d[list]) all.push({ key: `${list} ${p.id}`, list, text: pointText(p), value: p })
  const keys = topicKeys(d.topics)
  d.topics.forEach((t, i) => {
    const { points, ...head } = t
    all.push({ key: 'topic ' + keys[i], list: 'topics', topic: keys[i], head: true, text: t.title, value: head })
    for (const p of points) all.push({ key: `point ${keys[i]} ${p.id}`, list: 'topics', topic: keys[i], text: pointText(p), value: p })
  })
  for (const k of d.keywords) all.push({ key: 'keyword ' + k.term, list: 'keywords', text: k.term, value: k })
  return all
}

// summaryOf puts items together again. A point whose topic is not among them brings
// its topic back: heads are all that are known.
function summaryOf(all, heads) {
  const d = { abstract: [], topics: [], decisions: [], actions: [], keywords: [] }, topics = new Map()
  const topic = key => {
    if (!topics.has(key)) {
      topics.set(key, { ...heads.get(key), points: [] })
      d.topics.push(topics.get(key))
    }
    return topics.get(key)
  }
  for (const i of all) {
    if (i.head) Object.assign(topic(i.topic), i.value)
    else if (i.topic) topic(i.topic).points.push(i.value)
    else d[i.list].push(i.value)
  }
  d.topics.sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms)
  return d
}

const lookup = all => new Map(all.map(i => [i.key, i]))

// changes are the items in which two summaries differ: {list, topic, a, b}, where a or
// b is missing for what was added or removed. What merely moved is no change.
export function changes(a, b) {
  const before = items(a), after = items(b), old = lookup(before), recent = lookup(after)
  return [...after.filter(i => !same(old.get(i.key)?.value, i.value)).map(i => ({ list: i.list, key: i.key, a: old.get(i.key), b: i })),
    ...before.filter(i => !recent.has(i.key)).map(i => ({ list: i.list, key: i.key, a: i }))]
}

// merge puts two edits of one summary together. What only one side changed is taken
// from there; where both did, a choice is left: {key, list, mine, theirs, pick}, and
// what is picked at first loses nothing.
export function merge(base, mine, theirs) {
  const [b, m, t] = [base, mine, theirs].map(d => lookup(items(d))), choices = []
  for (const key of new Set([...t.keys(), ...m.keys()])) {
    const [was, my, their] = [b, m, t].map(side => side.get(key))
    if (same(my?.value, their?.value)) continue
    const list = (my || their).list, pick = same(their?.value, was?.value) ? 'mine' : same(my?.value, was?.value) ? 'theirs' : my && their ? 'both' : my ? 'mine' : 'theirs'
    choices.push({ key, list, mine: my, theirs: their, pick })
  }
  return choices
}

// chosen is the summary that the choices lead to.
export function chosen(mine, theirs, choices, fresh) {
  const ours = items(mine), other = items(theirs), m = lookup(ours), pick = new Map(choices.map(c => [c.key, c.pick])), all = []
  const heads = new Map([...other, ...ours].filter(i => i.head).map(i => [i.topic, i.value]))
  const take = key => {
    const [my, their, how] = [m.get(key), other.find(i => i.key === key), pick.get(key)]
    if (how === 'theirs') return their ? [their] : []
    if (how === 'both' && my && their) return my.head || my.list === 'keywords' ? [{ ...my, value: { ...my.value, ...(my.head ? { title: `${my.value.title} / ${their.value.title}` } : {}) } }] : [my, { ...their, value: { ...their.value, id: fresh() } }]
    return my ? [my] : how === undefined && their ? [their] : []
  }
  const known = new Set(ours.map(i => i.key))
  for (const i of ours) all.push(...take(i.key))
  for (const i of other) if (!known.has(i.key)) all.push(...take(i.key))
  return summaryOf(all, heads)
}
