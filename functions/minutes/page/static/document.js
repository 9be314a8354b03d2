// A summary as a list of items, so that two can be compared and become one. Every
// sentence is an item by its id, every topic's title by its time, every keyword by
// itself.

const lists = ['abstract', 'decisions', 'actions', 'questions', 'risks', 'numbers']

// content is what people may change of a summary; the rest is the machine's.
export const content = d => ({ abstract: d.abstract, topics: d.topics, decisions: d.decisions, actions: d.actions, questions: d.questions || [], risks: d.risks || [], numbers: d.numbers || [], keywords: d.keywords })

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

const pointText = p => [p.text, p.owner, p.due].filter(Boolean).join(' · ')

// topicKeys tell topics apart that begin and end at once; one that is known by another
// key has that.
function topicKeys(topics) {
  const seen = new Map()
  return topics.map(t => {
    if (t.key) return t.key
    const key = `${t.start_ms}-${t.end_ms}`, n = seen.get(key) || 0
    seen.set(key, n + 1)
    return `${key}-${n}`
  })
}

// items lays a summary out: {key, list, topic, text, value} each.
function items(d) {
  const all = []
  for (const list of lists) for (const p of d[list] || []) all.push({ key: `${list} ${p.id}`, list, text: pointText(p), value: p })
  const keys = topicKeys(d.topics)
  d.topics.forEach((t, i) => {
    const { points, key, ...head } = t
    all.push({ key: 'topic ' + keys[i], list: 'topics', topic: keys[i], head: true, text: t.title, value: head })
    for (const p of points) all.push({ key: `point ${keys[i]} ${p.id}`, list: 'topics', topic: keys[i], text: pointText(p), value: p })
  })
  for (const k of d.keywords) all.push({ key: 'keyword ' + k.term, list: 'keywords', text: k.term, value: k })
  return all
}

// summaryOf puts items together again. A point whose topic is not among them brings
// its topic back: heads are all that are known.
function summaryOf(all, heads) {
  const d = { abstract: [], topics: [], decisions: [], actions: [], questions: [], risks: [], numbers: [], keywords: [] }, topics = new Map()
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

// align has a summary by machine speak of the sentences of an older one where both are
// the same, as the API compared them: by the older one's ids, and in its words where
// they say the same.
export function align(newer, base, sentences) {
  const d = structuredClone(newer), keys = topicKeys(base.topics), old = lookup(items(base))
  const pair = (list, id, topic) => sentences.find(s => s.list === list && s.a && s.b && s.b.id === id && s.b.topic === topic)
  const known = (key, p, found) => found.change === 'kept' && old.has(key) ? { ...old.get(key).value, ...(p.translations ? { translations: p.translations } : {}) } : { ...p, id: found.a.id }
  for (const list of lists) d[list] = (d[list] || []).map(p => { const found = pair(list, p.id); return found ? known(`${list} ${found.a.id}`, p, found) : p })
  d.topics.forEach((t, i) => {
    const head = sentences.find(s => s.list === 'topics' && s.a?.head && s.b?.head && s.b.topic === i)
    if (head) Object.assign(t, { key: keys[head.a.topic], ...(head.change === 'kept' ? { start_ms: base.topics[head.a.topic].start_ms, end_ms: base.topics[head.a.topic].end_ms } : {}) })
    t.points = t.points.map(p => { const found = pair('topics', p.id, i); return found ? known(`point ${keys[found.a.topic]} ${found.a.id}`, p, found) : p })
  })
  const terms = new Map(base.keywords.map(k => [k.term, k]))
  d.keywords = d.keywords.map(k => terms.get(k.term) || k)
  return d
}

// merge puts two edits of one summary together. What only one side changed is taken
// from there; where both did, a choice is left: {key, list, mine, theirs, pick, news},
// and what is picked at first loses nothing. News is what theirs changed.
export function merge(base, mine, theirs) {
  const [b, m, t] = [base, mine, theirs].map(d => lookup(items(d))), choices = []
  for (const key of new Set([...t.keys(), ...m.keys()])) {
    const [was, my, their] = [b, m, t].map(side => side.get(key))
    if (same(my?.value, their?.value)) continue
    const list = (my || their).list, pick = same(their?.value, was?.value) ? 'mine' : same(my?.value, was?.value) ? 'theirs' : my && their ? 'both' : my ? 'mine' : 'theirs'
    choices.push({ key, list, mine: my, theirs: their, pick, news: !same(their?.value, was?.value) })
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
