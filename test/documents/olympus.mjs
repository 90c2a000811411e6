// What the three olympus pages print, run.
import assert from 'node:assert/strict'
import { until } from '../clients/ascent.mjs'
import { nextCode } from '../clients/totp.mjs'
import { byCookie, request } from './kratos-sessions.mjs'
import { like, printed } from './like.mjs'
import { ask, browser, enrolTotp, good, node, person, signIn, tokenOf, whoami } from './people.mjs'

const block = (document, heading, hash, name, run, once = false) => ({ document: `olympus-${document}`, heading, hash, name, run, once })
const once = true // what is about the configuration and not the database runs on one
const AsyncFunction = (async () => {}).constructor
const application = 'http://localhost:4455'
const secondFactors = ['default', 'totp', 'lookup_secret', 'webauthn', 'code']

/** Somebody with an authenticator app, in a browser at aal1. */
async function half(server) {
  const who = await person(server), secret = await enrolTotp(server, (await signIn(server, who)).session_token), b = browser(server)
  await b.signIn(who)
  return { who, secret, b }
}

/** A browser is sent to step up: it sees second factors alone, gives the app's code, and is sent on. */
async function stepUpAt(b, address, secret) {
  const begun = await b.page('GET', address)
  assert.equal(begun.status, 303, begun.text)
  const flow = await b.flow('login', begun.headers.get('location'))
  assert.deepEqual(flow.ui.nodes.map(n => n.group).filter(g => !secondFactors.includes(g)), [])
  assert.ok(node(flow, 'totp_code'))
  const done = await b.page('POST', flow.ui.action, { form: { csrf_token: node(flow, 'csrf_token').value, method: 'totp', totp_code: await nextCode(secret) } })
  assert.equal(done.status, 303, done.text)
  return done.headers.get('location')
}

const sessionsOf = async (server, who) => (await good(ask('GET', `${server.adminUrl}/admin/identities/${who.id}/sessions?active=true`))).body

const stepsUp = async ({ text, server }) => {
  const s = await server('main'), { who, secret, b } = await half(s), { path } = request(text)
  const before = await sessionsOf(s, who)
  await stepUpAt(b, path, secret)
  const { body } = await good(b.app('GET', '/sessions/whoami'))
  assert.equal(body.authenticator_assurance_level, 'aal2')
  assert.deepEqual((await sessionsOf(s, who)).map(x => x.id), before.map(x => x.id))
  assert.ok(before.some(x => x.id === body.id))
}

export default [
  block('enforce-step-up', "In Kratos's settings flow (built-in)", '5d40ae39', 'who has no second factor enrols one first', async ({ server }) => {
    const s = await server('printed'), who = await person(s), { session_token } = await signIn(s, who)
    const change = async () => {
      const flow = await ask('GET', `${s.publicUrl}/self-service/settings/api`, { headers: tokenOf(session_token) })
      if (flow.status !== 200) return flow
      return ask('POST', flow.body.ui.action, { headers: tokenOf(session_token), json: { method: 'profile', traits: { email: who.email, name: 'Ada' } } })
    }
    const refused = await change()
    assert.deepEqual([refused.status, refused.body.error?.id], [403, 'session_aal2_required'])
    await enrolTotp(s, session_token)
    assert.equal((await good(change())).body.identity.traits.name, 'Ada')
  }, once),
  block('enforce-step-up', "Step 1: Check the user's current AAL", 'a569160e', 'the handler sends to step up, and proceeds afterwards', async ({ text, server }) => {
    const s = await server('main'), { secret, b } = await half(s), url = `${application}/delete-all?really=yes`
    const handle = new AsyncFunction('req', `${text.replaceAll('https://ciam.<domain>', s.publicUrl)}\nreturn 'proceeded'`)
    const asks = () => handle({ url, headers: new Headers({ cookie: b.header() }) })
    const sent = await asks()
    assert.equal(sent.status, 302)
    assert.equal(await stepUpAt(b, sent.headers.get('location'), secret), url)
    assert.equal(await asks(), 'proceeded')
    assert.equal((await handle({ url, headers: new Headers({ cookie: '' }) })).status, 302)
  }),

  block('session-aal-too-low', 'Kratos session AAL too low', '2728a4a4', 'the error has the id', async ({ text, server, holds }) => {
    const s = await server('main'), { b } = await half(s), id = /^error: (.*)$/m.exec(text)[1]
    const answers = [await b.app('GET', '/sessions/whoami'), await b.app('GET', '/self-service/settings/browser')]
    for (const { status, body } of answers) assert.deepEqual([status, body.error.id, typeof body.error.reason, typeof body.error.message], [403, id, 'string', 'string'])
    holds('error is a text', () => assert.equal(answers[0].body.error, id))
  }),
  block('session-aal-too-low', 'User-facing fix', '161e6f6f', 'the same session is raised', stepsUp),
  block('session-aal-too-low', 'App-facing fix', '32981e47', 'the application catches it, and the retry succeeds', async ({ text, server }) => {
    const s = await server('main'), { who, secret, b } = await half(s), window = { location: {} }
    const updateSettings = async traits => {
      const flow = await b.app('GET', '/self-service/settings/browser')
      const answer = flow.status === 200 ? await b.app('POST', flow.body.ui.action, { json: { csrf_token: node(flow.body, 'csrf_token').value, method: 'profile', traits } }) : flow
      if (answer.status !== 200) throw { error_id: answer.body.error.id }
    }
    const code = new AsyncFunction('updateSettings', 'window', 'returnTo', 'traits', text.replace('(...)', '(traits)'))
    const attempt = () => code(updateSettings, window, encodeURIComponent(`${application}/settings`), { email: who.email, name: 'Ada' })
    await attempt()
    assert.equal(await stepUpAt(b, window.location.href, secret), `${application}/settings`)
    window.location = {}
    await attempt()
    assert.equal(window.location.href, undefined)
    assert.equal((await good(b.app('GET', '/sessions/whoami'))).body.identity.traits.name, 'Ada')
  }),
  block('session-aal-too-low', "When AAL2 isn't required but the error fires", '82686261', 'settings at aal1 for who has a second factor', async ({ text, server }) => {
    // The page lost its indentation: a key without a value opens a level.
    let level = 0
    const indented = text.split('\n').map(line => '  '.repeat(/:$/.test(line) ? level++ : level) + line).join('\n')
    const s = await server('printed', indented), { b } = await half(s)
    assert.equal((await b.app('GET', '/sessions/whoami')).status, 403)
    assert.equal((await b.app('GET', '/self-service/settings/browser')).status, 200)
  }, once),

  block('sessions-aal-refresh', 'Session shape', '4fead3b5', 'whoami shows this', async ({ text, server, holds }) => {
    const s = await server('main'), expected = printed(text)
    const { body } = await good(whoami(s, (await signIn(s, await person(s))).session_token))
    delete expected.identity.credentials
    like(expected, body)
    holds('identity.credentials', () => assert.ok('credentials' in body.identity))
  }),
  block('sessions-aal-refresh', 'Session lifetime', '41c5ddf2', 'starts; the session slides with every request', async ({ text, server }) => {
    const yaml = text.split('\n').map(line => {
      const [, path, value] = /^([\w.]+): (.*?)( \(.*)?\.?$/.exec(line)
      return path.split('.').reverse().reduce((inner, name) => `{ ${name}: ${inner} }`, value.replace(/ hours$/, 'h'))
    })
    const whole = `session: { ${yaml.map(y => /^\{ session: \{ (.*) \} \}$/.exec(y)[1]).join(', ').replace(/cookie: \{ (.*?) \}, cookie: \{ (.*?) \}/, 'cookie: { $1, $2 }')} }`
    const s = await server('printed, sliding', whole), who = await person(s), b = browser(s)
    const cookie = (await b.signIn(who)).headers.getSetCookie().find(c => c.startsWith('ory_kratos_session='))
    assert.match(cookie, /samesite=lax/i)
    assert.match(cookie, /max-age=(86400|8639\d)/i)
    const { session, session_token } = await signIn(s, who)
    assert.equal(Math.round((Date.parse(session.expires_at) - Date.parse(session.issued_at)) / 1000), 86_400)
    const end = async () => Date.parse((await good(ask('GET', `${s.adminUrl}/admin/sessions/${session.id}`))).body.expires_at)
    for (const path of ['/sessions/whoami', '/sessions', '/self-service/settings/api']) {
      const before = await end()
      await until(async () => { await good(ask('GET', s.publicUrl + path, { headers: tokenOf(session_token) })); return await end() > before }, 10_000, () => `${path} does not extend the session`)
    }
  }),
  block('sessions-aal-refresh', 'Stepping up', '161e6f6f', 'the same session is raised', stepsUp),
  block('sessions-aal-refresh', 'Inspecting sessions', '608f4985', 'whoami by cookie', ({ text, server }) => byCookie(text, server)),
  block('sessions-aal-refresh', 'Inspecting sessions', '651a707b', 'an administrator lists them', async ({ text, server }) => {
    const s = await server('admin token'), who = await person(s), one = await signIn(s, who)
    await signIn(s, await person(s))
    const { method, path, headers } = request(text, { '<uuid>': who.id, '<admin-token>': s.adminToken })
    assert.deepEqual((await good(ask(method, s.adminUrl + path, { headers }))).body.map(x => x.id), [one.session.id])
    assert.equal((await ask(method, s.adminUrl + path)).status, 401)
  }, once),
  block('sessions-aal-refresh', 'Revocation', 'dc381220', 'ends one session', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), one = await signIn(s, who), other = await signIn(s, who)
    const { method, path } = request(text, { '<session-id>': one.session.id })
    assert.equal((await ask(method, s.adminUrl + path)).status, 204)
    assert.deepEqual([(await whoami(s, one.session_token)).status, (await whoami(s, other.session_token)).status], [401, 200])
  }),
  block('sessions-aal-refresh', 'Revocation', '1ac9f376', 'ends all sessions of the identity', async ({ text, server }) => {
    const s = await server('main'), who = await person(s), all = [await signIn(s, who), await signIn(s, who)], stranger = await signIn(s, await person(s))
    const { method, path } = request(text, { '<uuid>': who.id })
    assert.equal((await ask(method, s.adminUrl + path)).status, 204)
    for (const one of all) assert.equal((await whoami(s, one.session_token)).status, 401)
    assert.equal((await whoami(s, stranger.session_token)).status, 200)
  }),
]
