// The protocol of reports for web pages, with WebCrypto and nothing else. Package
// report, in Go, says what each part means; its testdata/vectors.json checks both.
//
// WebCrypto has no SM2, SM3 and SM4, so a page speaks p256, or hmac with a key that the
// app's server asked for.

export interface ServerKey { id: string; suite: string; public_key: string }

/** Session is what reports are encrypted with; hmac has a ticket alone. */
export interface Session { key_id?: string; key?: string; ticket?: string; aes?: CryptoKey }

export interface Header {
  v: 1; suite: string; app: string; device: string; report: string; counter: number; time: string; offline: boolean
  link?: string; key_id?: string; key?: string; nonce?: string; ticket?: string
}

// Lib.dom of newer compilers tells apart the kinds of buffers below an array.
type Bytes = Uint8Array<ArrayBuffer>

const subtle = crypto.subtle
const ascii = (text: string): Bytes => new TextEncoder().encode(text) as Bytes

const join = (...parts: Bytes[]): Bytes => {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) { all.set(p, at); at += p.length }
  return all
}

export function base64url(data: ArrayBuffer | Bytes): string {
  let text = ''
  for (const b of new Uint8Array(data)) text += String.fromCharCode(b)
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

export function unbase64(text: string): Bytes {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
}

export const random = (size: number): Bytes => crypto.getRandomValues(new Uint8Array(size))

/** uuid7 follows RFC 9562, section 5.7: milliseconds, then random bits. */
export function uuid7(now: number): string {
  const id = random(16)
  for (let i = 0, ms = now; i < 6; i++, ms = Math.floor(ms / 256)) id[5 - i] = ms % 256
  id[6] = id[6] & 0x0f | 0x70
  id[8] = id[8] & 0x3f | 0x80
  const hex = Array.from(id, b => b.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** seal makes a sealed report of a header and the JSON of a body. */
export async function seal(header: Header, body: string, session: Session, signing: CryptoKey): Promise<string> {
  const said = JSON.stringify({ ...header, key_id: session.key_id, key: session.key, ticket: session.ticket })
  return sealText(said, body, session.aes, signing)
}

/** sealText takes a header as it is, which the vectors need. */
export async function sealText(header: string, body: string, aes: CryptoKey | undefined, signing: CryptoKey): Promise<string> {
  const text = base64url(ascii(header))
  let data: ArrayBuffer | Bytes = ascii(body)
  if (aes) {
    const iv = unbase64(JSON.parse(header).nonce)
    data = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: ascii(text) }, aes, data as Bytes)
  }
  const sent = base64url(data)
  return JSON.stringify({ protected: text, body: sent, signature: await sign(signing, text + '.' + sent) })
}

/** sealEnrolment shows a new key to the server, signed with it. */
export async function sealEnrolment(enrolment: object, keys: CryptoKeyPair): Promise<string> {
  const point = base64url(await subtle.exportKey('raw', keys.publicKey))
  const text = base64url(ascii(JSON.stringify({ v: 1, suite: 'p256', ...enrolment, public_key: point })))
  return JSON.stringify({ protected: text, signature: await sign(keys.privateKey, 'enrol.' + text) })
}

async function sign(key: CryptoKey, message: string): Promise<string> {
  const how = key.algorithm.name === 'HMAC' ? 'HMAC' : { name: 'ECDSA', hash: 'SHA-256' }
  return base64url(await subtle.sign(how, key, ascii(message)))
}

export const hmacKey = (raw: Bytes): Promise<CryptoKey> =>
  subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

export const aesKey = (raw: Bytes): Promise<CryptoKey> =>
  subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt'])

/** newSession draws a session key and seals it for the server's key with HPKE. */
export async function newSession(server: ServerKey): Promise<Session> {
  const raw = random(16)
  const sealed = await hpkeSeal(unbase64(server.public_key), ascii('score report v1'), raw)
  return { key_id: server.id, key: base64url(sealed), aes: await aesKey(raw) }
}

// HPKE, RFC 9180: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, one
// message. Nothing here is longer than 32 bytes, so HKDF-Expand is one block.

const none = new Uint8Array(0) as Bytes
const kemID = join(ascii('KEM'), Uint8Array.of(0, 0x10))
const suiteID = join(ascii('HPKE'), Uint8Array.of(0, 0x10, 0, 1, 0, 1))

async function mac(key: Bytes, data: Bytes): Promise<Bytes> {
  // WebCrypto takes no empty key; HMAC fills up with zeros, so 32 of them are the same.
  return new Uint8Array(await subtle.sign('HMAC', await hmacKey(key.length ? key : new Uint8Array(32)), data))
}

const extract = (id: Bytes, salt: Bytes, label: string, secret: Bytes): Promise<Bytes> =>
  mac(salt, join(ascii('HPKE-v1'), id, ascii(label), secret))

const expand = async (id: Bytes, key: Bytes, label: string, info: Bytes, size: number): Promise<Bytes> =>
  (await mac(key, join(Uint8Array.of(0, size), ascii('HPKE-v1'), id, ascii(label), info, Uint8Array.of(1)))).slice(0, size)

export async function hpkeSeal(to: Bytes, info: Bytes, plain: Bytes): Promise<Bytes> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const own = await subtle.generateKey(curve, false, ['deriveBits']) as CryptoKeyPair
  const enc = new Uint8Array(await subtle.exportKey('raw', own.publicKey))
  const theirs = await subtle.importKey('raw', to, curve, false, [])
  const dh = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256))
  const shared = await expand(kemID, await extract(kemID, none, 'eae_prk', dh), 'shared_secret', join(enc, to), 32)
  const context = join(Uint8Array.of(0), await extract(suiteID, none, 'psk_id_hash', none), await extract(suiteID, none, 'info_hash', info))
  const secret = await extract(suiteID, shared, 'secret', none)
  const key = await aesKey(await expand(suiteID, secret, 'key', context, 16))
  const iv = await expand(suiteID, secret, 'base_nonce', context, 12)
  return join(enc, new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)))
}
