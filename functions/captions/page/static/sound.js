// Sound that is not kept yet: a stretch of samples without a gap, of which the beginning
// goes once it is kept elsewhere.
export const rate = 16000
const most = 600 * rate // ten minutes: 19 MB
const nothing = new Int16Array(rate) // silence takes no memory, however long it is

export class Waiting {
  first = 0 // the position of the first sample
  chunks = []

  get length() { return this.chunks.reduce((n, c) => n + c.length, 0) }
  get heard() { return this.chunks.reduce((n, c) => n + (c.buffer === nothing.buffer ? 0 : c.length), 0) }
  get end() { return this.first + this.length }
  get full() { return this.heard >= most }

  add(samples) { if (samples.length) this.chunks.push(samples) }
  silence(length) { for (; length > 0; length -= rate) this.add(nothing.subarray(0, Math.min(rate, length))) }

  // kept forgets what stands before a position. What begins behind it, or was kept to
  // the end, goes on from there.
  kept(position) {
    let drop = position - this.first
    if (drop < 0 || !this.chunks.length) {
      this.first = position
      return
    }
    while (this.chunks.length && drop >= this.chunks[0].length) drop -= this.chunks.shift().length
    if (this.chunks.length && drop) this.chunks[0] = this.chunks[0].subarray(drop)
    this.first = position
  }

  // from returns samples from a position on, as many as stand together.
  from(position) {
    let at = this.first
    for (const c of this.chunks) {
      if (position < at + c.length) return c.subarray(position - at)
      at += c.length
    }
    return new Int16Array()
  }
}

// A page that is loaded again finds the sound that was not kept.
const place = () => 'captions ' + location.pathname
const longest = 90 * rate // what fits into a browser's store for a tab, at eight bits a character

export function leave(waiting, of) {
  const bytes = new Uint8Array(Math.min(longest, waiting.length) * 2)
  let at = 0
  for (const c of waiting.chunks) {
    const part = new Uint8Array(c.buffer, c.byteOffset, Math.min(c.byteLength, bytes.length - at))
    bytes.set(part, at)
    at += part.length
  }
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  try {
    sessionStorage.setItem(place(), JSON.stringify({ ...of, first: waiting.first, sound: btoa(text) }))
  } catch (e) { console.error(e) } // the browser keeps nothing
}

// find takes what was left, once: a tab that is copied must not speak with two tongues.
export function find() {
  try {
    const left = JSON.parse(sessionStorage.getItem(place()))
    sessionStorage.removeItem(place())
    if (!left) return null
    const bytes = Uint8Array.from(atob(left.sound), c => c.charCodeAt(0))
    const waiting = new Waiting()
    waiting.first = left.first
    waiting.add(new Int16Array(bytes.buffer))
    return { ...left, waiting }
  } catch { return null }
}
