// What kratos-sessions prints, run.
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { until } from '../clients/ascent.mjs'
import { hasMembers, like, printed, struct } from './like.mjs'
import { ask, browser, enrolTotp, good, node, person, signIn, stepUp, tokenOf, whoami } from './people.mjs'

const block = (heading, hash, name, run, once = false) => ({ document: 'kratos-sessions', heading, hash, name, run, once })
const once = true // what is about the configuration and not the database runs on one
const sentences = ['error.reason', 'error.message']
const ms = time => Date.parse(time)
const hours = 3600_000

/** A request as printed, its holes filled. */
export function request(text, holes = {}) {
  const [line, ...headers] = Object.entries(holes).reduce((t, [hole, value]) => t.replaceAll(hole, value), text).split('\n')
  const [method, path] = line.split(' ')
  assert.ok(!/[<>]/.test(line), `a hole is left open: ${line}`)
  return { method, path, headers: Object.fromEntries(headers.map(h => [h.slice(0, h.indexOf(':')), h.slice(h.indexOf(':') + 2)])) }
}

const extend = async (server, session) => (await good(ask('PATCH', `${server.adminUrl}/admin/sessions/${session.id}/extend`))).status
const session = async (server, id) => (await good(ask('GET', `${server.adminUrl}/admin/sessions/${id}`))).body

export default [
  block('Session structure', '292baac3', 'whoami shows the members, and no token', async ({ text, server }) => {
    const s = await server('main'), { session_token } = await signIn(s, await person(s))
    const { members, hidden } = struct(text), answer = await good(whoami(s, session_token))
    hasMembers(members, answer.body)
    assert.deepEqual(hidden.map(h => h.field), ['LogoutToken', 'Token'])
    assert.doesNotMatch(answer.text, /ory_(st|lo|lt)_/)
  }),

  block('Browser sessions', '421ea246', 'a browser gets this cookie', async ({ text, server, holds }) => {
    const s = await server('without --dev'), b = browser(s)
    const answer = await b.signIn(await person(s))
    const parts = line => line.split(';').map(p => p.trim().toLowerCase())
    const [pair, ...attributes] = parts(text.slice(text.indexOf(':') + 1)), name = pair.split('=')[0]
    const line = answer.headers.getSetCookie().find(c => c.startsWith(`${name}=`))
    assert.ok(line, `no cookie ${name}`)
    for (const attribute of attributes) assert.ok(parts(line).includes(attribute), `${attribute} is missing in ${line}`)
    holds('the token itself in the cookie', () => assert.match(line, /=ory_st_/))
  }, once),

  block('API sessions', 'f55ff788', 'a native login answers this', async ({ text, server }) => {
    const s = await server('main')
    like(printed(text), await signIn(s, await person(s)))
  }),
  ...[['0be0d359', 'Authorization'], ['e286243b', 'X-Session-Token']].map(([hash, header]) =>
    block('API sessions', hash, `the token in ${header}`, async ({ text, server }) => {
      const s = await server('main'), { session_token, session } = await signIn(s, await person(s))
      const { body } = await good(ask('GET', `${s.publicUrl}/sessions/whoami`, { headers: request(`GET /\n${text}`, { 'ory_st_...': session_token }).headers }))
      assert.equal(body.id, session.id)
    })),

  block('Token generation', 'b6c04261', 'tokens of this length', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), b = browser(s), { session_token } = await signIn(s, who)
    const length = /Token: .*MustString\((\d+)/.exec(text)[1]
    assert.match(session_token, new RegExp(`^ory_st_[A-Za-z0-9]{${length}}$`))
    await b.signIn(who)
    assert.match((await good(b.app('GET', '/self-service/logout/browser'))).body.logout_token, new RegExp(`^ory_l[ot]_[A-Za-z0-9]{${length}}$`))
  }),

  block('2. Validation', '4552779b', 'revoked, expired, or of a disabled identity: not active', async ({ server }) => {
    const s = await server('main'), who = await person(s)
    const one = await signIn(s, who), other = await signIn(s, who)
    await good(whoami(s, one.session_token))
    await good(ask('DELETE', `${s.adminUrl}/admin/sessions/${one.session.id}`))
    assert.equal((await whoami(s, one.session_token)).status, 401)
    await good(ask('PATCH', `${s.adminUrl}/admin/identities/${who.id}`, { headers: { 'content-type': 'application/json' }, json: [{ op: 'replace', path: '/state', value: 'inactive' }] }))
    assert.equal((await whoami(s, other.session_token)).status, 401)
    const short = await server('short'), brief = await signIn(short, await person(short))
    await until(async () => (await whoami(short, brief.session_token)).status === 401)
    assert.ok(ms(brief.session.expires_at) <= Date.now())
  }),

  block('3. Refresh', '8917ef06', 'extended, a session ends its lifespan from now', async ({ server }) => {
    const s = await server('main'), { session: before } = await signIn(s, await person(s))
    await extend(s, before)
    const moved = ms((await session(s, before.id)).expires_at)
    assert.ok(moved > ms(before.expires_at) && Math.abs(moved - 24 * hours - Date.now()) < 60_000)
  }),
  block('3. Refresh', '9edd9613', 'and only when it is near its end', async ({ server, textOf }) => {
    // Without a window of its own a session may be extended all its life.
    for (const [s, may] of [[await server('main'), true], [await server('printed', textOf('ae3cb51b')), false]]) {
      const { session: before } = await signIn(s, await person(s))
      await extend(s, before)
      assert.equal(ms((await session(s, before.id)).expires_at) > ms(before.expires_at), may)
    }
  }, once),
  block('3. Refresh', 'ae3cb51b', 'the configuration starts and is in force', async ({ server }) => {
    const s = await server('printed'), { session: before } = await signIn(s, await person(s))
    assert.equal(Math.round((ms(before.expires_at) - ms(before.issued_at)) / 1000), 86_400)
    await extend(s, before)
    assert.equal((await session(s, before.id)).expires_at, before.expires_at)
  }, once),

  block('4. Revocation', '208a6bc0', 'ends the session, by either prefix', async ({ text, server }) => {
    const s = await server('main'), who = await person(s)
    for (const prefix of ['ory_lo_', 'ory_lt_']) for (const way of ['page', 'app']) {
      const b = browser(s)
      await b.signIn(who)
      const { logout_token } = (await good(b.app('GET', '/self-service/logout/browser'))).body
      const { method, path } = request(text, { '<logout_token>': prefix + logout_token.slice(prefix.length) })
      assert.equal((await b[way](method, path)).status, way === 'page' ? 303 : 204)
      assert.equal((await b.app('GET', '/sessions/whoami')).status, 401)
    }
  }),
  block('4. Revocation', '6230015d', 'ends one session of the identity', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), one = await signIn(s, who), other = await signIn(s, who)
    const { method, path } = request(text, { '<id>': who.id, '<session_id>': one.session.id })
    assert.equal((await ask(method, s.adminUrl + path)).status, 204)
    assert.deepEqual([(await whoami(s, one.session_token)).status, (await whoami(s, other.session_token)).status], [401, 200])
  }),
  block('4. Revocation', '66ae235f', 'ends all sessions of the identity', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), all = [await signIn(s, who), await signIn(s, who)], stranger = await signIn(s, await person(s))
    const { method, path } = request(text, { '<id>': who.id })
    assert.equal((await ask(method, s.adminUrl + path)).status, 204)
    for (const one of all) assert.equal((await whoami(s, one.session_token)).status, 401)
    assert.equal((await whoami(s, stranger.session_token)).status, 200)
  }),

  block('Request', '608f4985', 'whoami by cookie', ({ text, server }) => byCookie(text, server)),
  block('Request', '44a99f82', 'whoami by bearer token', async ({ text, server }) => {
    const s = await server('main'), { session_token, session } = await signIn(s, await person(s))
    const { method, path, headers } = request(text, { 'ory_st_...': session_token })
    assert.equal((await good(ask(method, s.publicUrl + path, { headers }))).body.id, session.id)
  }),
  block('Response', '027d4333', 'whoami answers this', async ({ text, server }) => {
    const s = await server('main'), expected = printed(text), device = expected.devices[0], [city, country] = device.location.split(', ')
    const { session_token } = await signIn(s, await person(s, { metadata_public: { plan: 'gold' } }), { 'X-Forwarded-For': device.ip_address, 'User-Agent': device.user_agent, 'Cf-Ipcity': city, 'Cf-Ipcountry': country })
    const { body } = await good(whoami(s, session_token))
    like(expected, body, ['identity.schema_url', 'identity.traits.email'])
    assert.equal((await good(ask('GET', body.identity.schema_url))).body.type, 'object')
  }),

  block('Error responses', '88c97a9d', 'whoami without a session', async ({ text, server }) => {
    const s = await server('main'), answer = await ask('GET', `${s.publicUrl}/sessions/whoami`), expected = printed(text)
    assert.equal(answer.status, expected.error.code)
    like(expected, answer.body, sentences)
  }),
  block('Error responses', '5a449ff3', 'whoami with a session that is too weak', async ({ text, server, holds }) => {
    const s = await server('main'), who = await person(s), expected = printed(text)
    await enrolTotp(s, (await signIn(s, who)).session_token)
    const answer = await whoami(s, (await signIn(s, who)).session_token)
    assert.equal(answer.status, expected.error.code)
    like(expected, answer.body, [...sentences, 'redirect_browser_to'])
    const to = new URL(answer.body.redirect_browser_to), meant = new URL(expected.redirect_browser_to, s.publicUrl)
    assert.equal(to.searchParams.get('aal'), meant.searchParams.get('aal'))
    holds('the address to step up at', () => assert.equal(to.pathname, meant.pathname))
  }),
  block('AAL enforcement', '4f446002', 'asks for a second factor', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), { method, path } = request(text), { session_token } = await signIn(s, who)
    await good(whoami(s, session_token))
    const weak = await ask(method, s.publicUrl + path, { headers: tokenOf(session_token) })
    assert.equal(weak.status, 403)
    assert.match(weak.body.redirect_browser_to, /aal=aal2/)
    await enrolTotp(s, session_token)
    assert.equal((await ask(method, s.publicUrl + path, { headers: tokenOf(session_token) })).status, 200)
  }),

  block('AMR structure', 'b2ba16b6', 'every method has the members', async ({ text, server }) => {
    const s = await server('main'), { members } = struct(text)
    const all = [...(await signIn(s, await person(s))).session.authentication_methods, ...(await social(s)).authentication_methods]
    for (const one of all) hasMembers(members, one)
    assert.equal(all[1].provider, 'google')
  }),
  block('Example AMR', '6a93abc5', 'after a password', async ({ text, server }) => {
    const s = await server('main')
    like(printed(text), (await signIn(s, await person(s))).session.authentication_methods)
  }),
  block('Example AMR', '4ca77915', 'after a password and a second factor', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), secret = await enrolTotp(s, (await signIn(s, who)).session_token)
    const { session_token } = await signIn(s, who)
    await stepUp(s, session_token, secret)
    like(printed(text), (await good(whoami(s, session_token))).body.authentication_methods)
  }),
  block('Example AMR', '2af59362', 'after a social account', async ({ text, server }) => like(printed(text), (await social(await server('main'))).authentication_methods)),

  block('AAL calculation', 'd667f4a2', 'the level follows from the methods', async ({ server }) => {
    const s = await server('main'), who = await person(s), levels = []
    const first = await signIn(s, who)
    levels.push(first.session)
    const secret = await enrolTotp(s, first.session_token)
    levels.push((await good(whoami(s, first.session_token))).body)
    const second = await signIn(s, who)
    levels.push(second.session, (await stepUp(s, second.session_token, secret)).session)
    for (const { authentication_methods, authenticator_assurance_level } of levels) {
      const of = new Set(authentication_methods.map(m => m.aal))
      assert.equal(authenticator_assurance_level, of.has('aal1') && of.has('aal2') ? 'aal2' : 'aal1')
    }
    assert.deepEqual(levels.map(l => l.authenticator_assurance_level), ['aal1', 'aal2', 'aal1', 'aal2'])
  }),

  block('Device structure', '363e02e0', 'a device has the members, and no others of these', async ({ text, server }) => {
    const s = await server('main'), { devices } = (await signIn(s, await person(s))).session
    const { members, hidden } = struct(text)
    hasMembers(members, devices[0])
    assert.ok(hidden.every(h => !(h.field in devices[0])) && !('created_at' in devices[0]))
  }),
  block('Device capture', 'e0db5a68', 'address, program and place come from the request', async ({ text, server }) => {
    const s = await server('main'), who = await person(s)
    const [city, country] = [...text.matchAll(/Get\("([\w-]+)"\) != ""/g)].map(m => m[1])
    const device = async headers => (await signIn(s, who, headers)).session.devices.at(-1)
    const { id, ...seen } = await device({ 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'documents/1', [city]: 'Oslo', [country]: 'NO' })
    assert.deepEqual(seen, { ip_address: '203.0.113.7', user_agent: 'documents/1', location: 'Oslo, NO' })
    assert.equal((await device({ [country]: 'NO' })).location, 'NO')
    assert.equal((await device({})).location, '')
  }),

  block('Session configuration', '084b3848', 'starts, and all of it is in force', async ({ text, server }) => {
    const s = await server('printed'), who = await person(s), b = browser(s), login = await b.signIn(who)
    const cookie = login.headers.getSetCookie().find(c => c.startsWith('ory_kratos_session='))
    for (const attribute of [/domain=\.?example\.com/i, /path=\//i, /samesite=lax/i]) assert.match(cookie, attribute)
    assert.doesNotMatch(cookie, /max-age|expires/i)
    const { session: before, session_token } = await signIn(s, who)
    await extend(s, before)
    assert.equal((await session(s, before.id)).expires_at, before.expires_at)
    const { tokenized } = (await good(whoami(s, session_token, '?tokenize_as=jwt'))).body
    const [head, claims, signature] = tokenized.split('.'), read = part => JSON.parse(Buffer.from(part, 'base64url'))
    const { keys } = (await good(ask('GET', `${s.publicUrl}/sessions/jwks.json`))).body
    const key = createPublicKey({ key: keys.find(k => k.kid === read(head).kid), format: 'jwk' })
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    const { iss, aud, sub } = read(claims)
    assert.deepEqual({ iss, aud: [aud].flat(), sub }, { iss: 'https://example.com', aud: ['https://api.example.com'], sub: who.id })
  }, once),
]

export async function byCookie(text, server) {
  const s = await server('main'), b = browser(s)
  const { body } = await b.signIn(await person(s))
  const { method, path, headers } = request(text, { 'ory_kratos_session=...': `ory_kratos_session=${b.cookies.get('ory_kratos_session')}` })
  assert.equal((await good(ask(method, s.publicUrl + path, { headers }))).body.id, body.session.id)
  assert.equal((await ask(method, s.publicUrl + path)).status, 401)
}

/** The session of a browser that signed up by a social account. */
async function social(server) {
  const b = browser(server), flow = (await good(b.app('GET', '/self-service/registration/browser'))).body
  const out = await b.app('POST', flow.ui.action, { json: { csrf_token: node(flow, 'csrf_token').value, method: 'oidc', provider: 'google' } })
  assert.equal(out.status, 422, out.text)
  const there = await ask('GET', out.body.redirect_browser_to)
  const back = await b.page('GET', there.headers.get('location'))
  assert.equal(back.status, 303, back.text)
  return (await good(b.app('GET', '/sessions/whoami'))).body
}
