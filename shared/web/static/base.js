// What the pages of all functions have in common.
export const $ = id => document.getElementById(id)
export const told = JSON.parse(document.body.dataset.page)
export const language = document.documentElement.lang
export const say = (key, ...n) => n.reduce((s, v) => s.replace('{n}', () => v), told.words[key] || key)

// listed are several names in one line.
export const separator = language === 'en' ? ', ' : '、'
export const listed = all => all.join(separator)

// make makes an element. What stands in it is text, never HTML.
export const make = (name, props = {}, ...inside) => { const e = Object.assign(document.createElement(name), props); e.append(...inside); return e }

export async function ask(method, path, body, signal) {
  const answer = await fetch(path, { method, signal, keepalive: method === 'PUT', headers: { 'Content-Type': 'application/json', 'Accept-Language': language }, body: body && JSON.stringify(body) })
  if (answer.status === 204) return null
  const said = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(said.error?.message), { code: said.error?.code, status: answer.status })
  return said
}

// why says what went wrong, as far as it is the reader's concern.
export function why(error) {
  if (error.code) return error.message
  console.error(error)
  return say('failed')
}

// announce tells those who hear the page.
export function announce(text) { $('said').textContent = ''; setTimeout(() => { $('said').textContent = text }, 50) }

// Settings stay in the browser, one set for all pages.
export function recall() { try { return JSON.parse(localStorage.getItem('toolbox.settings')) || {} } catch { return {} } }
export function remember(settings) { try { localStorage.setItem('toolbox.settings', JSON.stringify(settings)) } catch { /* the browser keeps nothing */ } }
export const systemTheme = () => matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
