// The summary as it is read. Each sentence has the places it rests on: one press shows
// them in the transcript, another plays them.
import { $, make, say } from './base.js'
import { clock, when } from './text.js'
import { drawn } from './icon.js'

let acts = {} // {show(evidence), play(evidence), seek(ms), find(term)}: what is done elsewhere on the page

export function readyToRead(actions) { acts = actions }

// lists of a summary in the order in which they are shown.
export const order = ['abstract', 'decisions', 'actions', 'topics', 'questions', 'risks', 'numbers', 'keywords']

export function showSummary(view, language) {
  const d = view.document
  $('origin').replaceChildren(...origin(view))
  $('points').lang = language
  const parts = order.filter(list => d[list]?.length).map(list => make('section', { className: 'part ' + list }, make('h3', { lang: document.documentElement.lang, textContent: say('list_' + list) }), drawList[list](d[list])))
  $('points').replaceChildren(...(parts.length ? parts : [make('p', { className: 'empty', textContent: say('empty_summary') })]))
}

function origin(view) {
  const at = when(view.at)
  if (view.origin === 'automatic') return [say('by_machine'), ' · ', at]
  return view.author ? [say('by'), ' ', make('bdi', { textContent: view.author }), ' · ', at] : [say('by_person'), ' · ', at]
}

const points = all => make('ul', {}, ...all.map(p => point(p)))

function point(p, tail = []) {
  const item = make('li', {}, make('p', { dir: 'auto' }, p.text, ...tail), ...cites(p.evidence))
  if (acts.comment) { // who came by a link only reads
    const more = button('remark quiet', '', say('comment_on'), () => acts.comment('point ' + p.id))
    more.append(drawn('M4 5h16v11H9l-5 4z'))
    item.append(more)
  }
  item.dataset.point = p.id
  return item
}

const drawList = {
  abstract: points,
  decisions: points,
  questions: points,
  risks: points,
  numbers: points,
  actions: all => make('ul', {}, ...all.map(a => point(a, [...fact('owner', a.owner), ...fact('due', a.due)]))),
  topics: all => make('ol', {}, ...all.map(t => make('li', { className: 'topic' },
    make('h4', {}, ...(t.end_ms ? [button('at', clock(t.start_ms), say('play_topic', clock(t.start_ms), clock(t.end_ms)), () => acts.seek(t.start_ms)), ' '] : []), make('bdi', { textContent: t.title || say('untitled_topic') })),
    points(t.points)))),
  keywords: all => make('ul', { className: 'chips' }, ...all.map(k => make('li', {}, button('chip', k.term, say('find_term', k.term), () => acts.find(k.term))))),
}

const fact = (word, value) => value ? [' ', make('span', { className: 'fact' }, make('small', { lang: document.documentElement.lang, textContent: say(word) + ' ' }), make('bdi', { textContent: value }))] : []

function button(name, text, label, act) {
  const b = make('button', { type: 'button', className: name, title: label, ariaLabel: label, textContent: text })
  b.onclick = act
  return b
}

// cites are the places that a sentence rests on. What was said there is their title.
export function cites(evidence) {
  if (!evidence?.length) return []
  return [make('span', { className: 'cites' }, ...evidence.map(e => {
    const at = clock(e.start_ms), play = make('button', { type: 'button', className: 'hear', ariaLabel: say('hear', at), title: say('hear', at) }, drawn('M8 5l11 7-11 7z'))
    play.onclick = () => acts.play(e)
    const show = button('where', at, say('evidence', at), () => acts.show(e))
    show.title = e.quote || say('evidence', at)
    return make('span', { className: 'cite' }, play, show)
  }))]
}
