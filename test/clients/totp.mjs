// RFC 6238 as an authenticator app does it, from the secret that a person would type in.
import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32(text) {
  let bits = ''
  for (const c of text.replace(/=+$/, '').toUpperCase()) bits += alphabet.indexOf(c).toString(2).padStart(5, '0')
  return Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))
}

/** The code of a time step, counted from 1970 in steps of 30 seconds (RFC 6238 section 4.2, RFC 4226 section 5.3). */
export function codeAt(secret, step) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', base32(secret)).update(counter).digest()
  const offset = mac[19] & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const used = new Map()

/**
 * A code that was not used before with this secret: Ascent takes each one once. A server allows for one step of a wrong
 * clock, so that three are to be had at once; for a fourth this waits.
 */
export async function nextCode(secret) {
  for (;;) {
    const now = Math.floor(Date.now() / 30_000), intoStep = Date.now() % 30_000
    const step = Math.max((used.get(secret) ?? 0) + 1, intoStep > 27_000 ? now : now - 1)
    if (step <= now + 1) {
      used.set(secret, step)
      return codeAt(secret, step)
    }
    await new Promise(r => setTimeout(r, 30_100 - intoStep))
  }
}
