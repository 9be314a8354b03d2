// A reference probe for web pages: it shows what a page has to do to be understood by
// the function score. It depends on nothing; one command of esbuild makes it a script.
//
//   in    p256: a ticket to enrol with, or hmac: what the app's server was lent
//   out   reports, each with the server's answer
//
// A page cannot keep a secret from whoever opens it, so the server trusts it less. The
// private key of p256 cannot be exported, and lies in IndexedDB; the counter lies in
// localStorage. Without storage a page reports with hmac alone.

import { Claim, Doubtful, Hands, about, observe } from './observe'
import { Header, ServerKey, Session, base64url, hmacKey, newSession, random, seal, sealEnrolment, unbase64, uuid7 } from './protocol'

export * from './observe'
export * from './protocol'

/** Lent is what the app's server hands to a page: a session ticket and its key. */
export interface Lent { device: string; ticket: string; key: string }

export interface Options {
  url: string // of the function, without a path
  app: string
  probe_version: string
  account?: string
  app_version?: string
  doubtful?: Doubtful
  enrol?: () => Promise<string> // p256: gets a ticket with the purpose device
  lend?: () => Promise<Lent>    // hmac: gets a session ticket, again when the last one is too old
  pause?: (ms: number) => Promise<unknown>
}

export interface Answer {
  report: string; outcome: string; decided: boolean; next_s: number
  commands?: { id: string; kind: string }[]
}

/** Refusal will not go away by trying again; code is the server's. */
export class Refusal extends Error {
  constructor(readonly code: string, message: string) { super(message) }
}

interface Identity { suite: string; device: string; signing: CryptoKey; ticket?: string }

export class Probe {
  private identity?: Identity
  private session?: Session
  private readonly hands: Hands

  constructor(private readonly options: Options, private readonly page: any = window) {
    this.hands = new Hands(page)
  }

  /** report looks, and sends what it saw. It throws a Refusal, or another error when nothing answers. */
  async report(more: { acks?: string[]; claimed?: Claim[] } = {}): Promise<Answer> {
    const seen = await observe(this.page, this.options.doubtful)
    const claimed = [...seen, ...this.hands.claim(), ...more.claimed ?? []]
    const body = JSON.stringify({ ...about(this.page), probe_version: this.options.probe_version, app_version: this.options.app_version,
      account: this.options.account, claimed, acks: more.acks })
    // Tabs of one page share the counter, so they take turns.
    return this.alone(() => this.send(body))
  }

  private async send(body: string): Promise<Answer> {
    let who = await this.who()
    const now = Date.now()
    const header: Header = { v: 1, suite: who.suite, app: this.options.app, device: who.device, report: uuid7(now),
      counter: this.next(who.device, now), time: new Date(now).toISOString(), offline: false }
    for (let again = true; ; again = false) {
      try {
        return await this.post('/score/reports', await this.sealed(header, body, who))
      } catch (e) {
        if (!again || !(e instanceof Refusal)) throw e
        if (e.code === 'unknown_key') this.session = undefined
        else if (e.code === 'expired_ticket' && who.ticket) { this.identity = undefined; who = await this.who() }
        else throw e
        if (who.device !== header.device) throw e
      }
    }
  }

  private async sealed(header: Header, body: string, who: Identity): Promise<string> {
    if (who.ticket) return seal(header, body, { ticket: who.ticket }, who.signing)
    this.session ??= await newSession(await this.serverKey())
    return seal({ ...header, nonce: base64url(random(12)) }, body, this.session, who.signing)
  }

  private async serverKey(): Promise<ServerKey> {
    const { keys } = await this.ask('/score/keys')
    const key = (keys as ServerKey[]).find(k => k.suite === 'p256')
    if (!key) throw new Refusal('unsupported_suite', 'the server has no key for p256')
    return key
  }

  private async who(): Promise<Identity> {
    return this.identity ??= this.options.lend ? await this.borrow(this.options.lend) : await this.enrolled()
  }

  private async borrow(lend: () => Promise<Lent>): Promise<Identity> {
    const lent = await lend()
    return { suite: 'hmac', device: lent.device, ticket: lent.ticket, signing: await hmacKey(unbase64(lent.key)) }
  }

  private async enrolled(): Promise<Identity> {
    const store = await open()
    const known = await get(store, this.options.app)
    if (known) return known
    if (!this.options.enrol) throw new Error('the probe needs enrol or lend')
    const ticket = await this.options.enrol()
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']) as CryptoKeyPair
    const { platform, model } = about(this.page)
    const sealed = await sealEnrolment({ app: this.options.app, ticket, platform, model, time: new Date().toISOString() }, keys)
    const { device } = await this.post('/score/devices', sealed)
    const identity = { suite: 'p256', device, signing: keys.privateKey }
    await put(store, this.options.app, identity)
    return identity
  }

  // next starts at the clock where nothing is stored: a page whose storage was emptied
  // goes on above what it counted before.
  private next(device: string, now: number): number {
    const name = `score.counter.${this.options.app}.${device}`
    let counter = now
    try {
      counter = Number(this.page.localStorage.getItem(name) ?? now) + 1
      this.page.localStorage.setItem(name, String(counter))
    } catch { /* without storage the clock alone counts */ }
    return counter
  }

  private alone<T>(do_: () => Promise<T>): Promise<T> {
    const locks = this.page.navigator.locks
    return locks ? locks.request('score.' + this.options.app, do_) : do_()
  }

  private post(path: string, body: string): Promise<any> {
    return this.ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  }

  // ask tries four times: what was sent is counted once, however often it comes.
  private async ask(path: string, request?: RequestInit): Promise<any> {
    const pause = this.options.pause ?? ((ms: number) => new Promise(done => setTimeout(done, ms)))
    for (let ms = 1000; ; ms *= 3) {
      const answer = await fetch(this.options.url + path, request).catch((e: Error) => e)
      if (!(answer instanceof Error) && answer.ok) return answer.json()
      if (!(answer instanceof Error) && answer.status < 500 && answer.status !== 429) throw await refusal(answer)
      if (ms > 9000) throw answer instanceof Error ? answer : new Error(`${path}: the server answers ${answer.status}`)
      await pause(Math.max(ms, answer instanceof Error ? 0 : 1000 * Number(answer.headers.get('Retry-After') ?? 0)))
    }
  }
}

async function refusal(answer: Response): Promise<Refusal> {
  const said = await answer.json().catch(() => ({}))
  return new Refusal(said.error?.code ?? String(answer.status), said.error?.message ?? answer.statusText)
}

// IndexedDB keeps keys that cannot be exported as they are.

const wait = <T>(r: IDBRequest<T>): Promise<T> =>
  new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error) })

function open(): Promise<IDBDatabase> {
  const r = indexedDB.open('score', 1)
  r.onupgradeneeded = () => r.result.createObjectStore('identity')
  return wait(r)
}

const get = (store: IDBDatabase, app: string): Promise<Identity | undefined> =>
  wait(store.transaction('identity').objectStore('identity').get(app))

const put = (store: IDBDatabase, app: string, identity: Identity): Promise<unknown> =>
  wait(store.transaction('identity', 'readwrite').objectStore('identity').put(identity, app))
