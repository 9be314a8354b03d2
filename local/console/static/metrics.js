// The charts tell their values: where the pointer is, or where the arrow keys go. They
// stand in the table below; the hours of the axis are written in the reader's zone.
import { make, language } from './console.js'

const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(language, { month: '2-digit', day: '2-digit' })
const moment = new Intl.DateTimeFormat(language, { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

for (const text of document.querySelectorAll('text[data-at]')) {
  const at = new Date(text.dataset.at)
  const midnight = !at.getHours() && !at.getMinutes()
  text.textContent = (midnight ? day : hour).format(at)
  text.classList.toggle('whole', midnight)
}

// The columns of the table that each chart shows.
const columns = { outcomes: [1, 2, 3], handled: [4, 5, 6], waited: [7, 8, 9] }
const rows = [...document.querySelectorAll('#steps tbody tr')]

function read(chart, step) {
  const row = rows[step]
  if (!row) return
  const names = [...chart.querySelectorAll('.legend li')].map(name => name.textContent)
  const values = columns[chart.dataset.chart].map(i => row.cells[i].textContent)
  const said = [make('b', {}, moment.format(new Date(row.querySelector('time').dateTime)))]
  names.forEach((name, i) => said.push(`${name} `, make('b', {}, values[i])))
  chart.querySelector('.reading').replaceChildren(...said)
  for (const plot of chart.querySelectorAll('.plot')) {
    const cursor = plot.querySelector('.cursor')
    cursor.setAttribute('transform', `translate(${+plot.dataset.left + (step + 0.5) * plot.dataset.pitch} 0)`)
    cursor.removeAttribute('hidden')
  }
  chart.dataset.step = step
}

for (const plot of document.querySelectorAll('.plot')) {
  const chart = plot.closest('.chart')
  const steps = +plot.dataset.steps
  const within = step => Math.min(steps - 1, Math.max(0, step))
  plot.addEventListener('pointermove', event => {
    const box = plot.getBoundingClientRect()
    const x = (event.clientX - box.left) / box.width * plot.viewBox.baseVal.width
    read(chart, within(Math.floor((x - plot.dataset.left) / plot.dataset.pitch)))
  })
  plot.addEventListener('keydown', event => {
    const at = +(chart.dataset.step ?? steps)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    read(chart, within(to))
  })
}
