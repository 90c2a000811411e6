// Test suites that were written for Kratos rewrite its configuration while it runs, wait until /admin/health/config answers
// the new revision, and drive native flows from a web page. All of that, as roughly as they do it.
import assert from 'node:assert/strict'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'
import { startAscent, until } from './ascent.mjs'

const page = 'http://localhost:4455'

describe('a configuration that is rewritten while the server runs', () => {
  let server
  before(async () => { server = await startAscent({ env: { DEV_DISABLE_API_FLOW_ENFORCEMENT: 'true' } }) })
  after(() => server?.stop())

  const revised = (revision, change = t => t) => `revision: ${revision}\n${change(server.config)}`
  const revision = async (prefix = '/admin') => (await fetch(`${server.adminUrl}${prefix}/health/config`)).text()
  const shows = (wanted, limit = 2000) => until(async () => await revision() === wanted, limit, () => `revision ${wanted} does not show within ${limit} ms; ${server.log().slice(-500)}`)

  it('has a revision of its own where the file names none', async () => {
    assert.match(await revision(), /^[0-9a-f]{64}$/)
    assert.equal(await revision(''), await revision(), 'the admin API is there without its prefix, too')
  })

  it('shows each of a dozen rewrites, one after the other', async () => {
    for (let i = 1; i <= 12; i++) {
      writeFileSync(server.file, revised(`in-place-${i}`))
      await shows(`in-place-${i}`)
    }
  })

  it('shows each of a dozen replacements by renaming', async () => {
    for (let i = 1; i <= 12; i++) {
      server.rename(revised(`renamed-${i}`))
      await shows(`renamed-${i}`)
    }
  })

  it('ends at the last of many rewrites in a row that nobody waits for', async () => {
    for (let i = 1; i <= 30; i++) {
      if (i % 2) writeFileSync(server.file, revised(`flood-${i}`))
      else server.rename(revised(`flood-${i}`))
      await sleep(15)
    }
    await shows('flood-30')
    await sleep(700)
    assert.equal(await revision(), 'flood-30')
  })

  it('goes back and forth between two texts', async () => {
    for (let i = 0; i < 6; i++) {
      const wanted = i % 2 ? 'there' : 'here'
      writeFileSync(server.file, revised(wanted))
      await shows(wanted)
    }
  })

  it('does not take half a file', async () => {
    writeFileSync(server.file, revised('whole'))
    await shows('whole')
    const text = revised('in-pieces')
    const file = openSync(server.file, 'w')
    for (let at = 0; at < text.length; at += 400) {
      writeSync(file, text.slice(at, at + 400))
      await sleep(60)
      assert.match(await revision(), /^whole$|^in-pieces$/)
      assert.ok((await fetch(`${server.publicUrl}/health/ready`)).ok)
    }
    closeSync(file)
    await shows('in-pieces')
    const answer = await fetch(`${server.publicUrl}/self-service/login/api`)
    assert.equal(answer.status, 200)
  })

  it('keeps the old one where the new one is faulty, says why, and takes the next good one', async () => {
    writeFileSync(server.file, revised('good'))
    await shows('good')
    for (const [fault, text] of [
      ['an unknown value', revised('bad', t => t.replace('required_aal: highest_available', 'required_aal: aal7'))],
      ['no YAML', 'revision: bad\nserve: [ {\n'],
      ['a schema that is not there', revised('bad', t => t.replace('person.schema.json', 'nobody.schema.json'))],
      ['nothing', ''],
    ]) {
      writeFileSync(server.file, text)
      await sleep(900)
      assert.equal(await revision(), 'good', fault)
      assert.equal((await fetch(`${server.publicUrl}/self-service/login/api`)).status, 200, fault)
    }
    assert.match(server.log(), /aal7|required_aal/)
    writeFileSync(server.file, revised('good-again'))
    await shows('good-again')
  })

  it('is in force once its revision shows', async () => {
    const flow = async () => (await fetch(`${server.publicUrl}/self-service/registration/api`)).status
    for (let i = 0; i < 6; i++) {
      const on = i % 2 === 1
      writeFileSync(server.file, revised(`switch-${i}`, t => t.replace('    registration:\n', `    registration:\n      enabled: ${on}\n`)))
      await shows(`switch-${i}`)
      assert.equal(await flow(), on ? 200 : 400)
    }
    writeFileSync(server.file, revised('methods', t => t.replace('totp: { enabled: true', 'totp: { enabled: false').replace('lifespan: 24h', 'lifespan: 2h')))
    await shows('methods')
  })
})

describe('native flows from a web page, as developers of native apps try them', () => {
  // What a browser sends along with a script's fetch(…, { credentials: 'include' }) to another port of its host.
  const fromPage = { origin: page, referer: `${page}/`, cookie: 'somebody=elses; csrf_token_0=abc', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-site', accept: 'application/json' }
  const body = { method: 'password', traits: { email: 'page@example.org' }, password: 'correct-horse-battery-9' }

  async function register(server, headers) {
    const begun = await fetch(`${server.publicUrl}/self-service/registration/api`, { headers })
    const flow = await begun.json()
    const answer = await fetch(flow.ui.action, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return { begun, answer, json: await answer.json() }
  }

  it('go through with DEV_DISABLE_API_FLOW_ENFORCEMENT in development', async () => {
    const server = await startAscent({ env: { DEV_DISABLE_API_FLOW_ENFORCEMENT: 'true' } })
    try {
      const { begun, answer, json } = await register(server, fromPage)
      assert.equal(answer.status, 200, JSON.stringify(json))
      assert.match(json.session_token, /^ory_st_/)
      for (const each of [begun, answer]) {
        assert.equal(each.headers.get('access-control-allow-origin'), page)
        assert.equal(each.headers.get('access-control-allow-credentials'), 'true')
      }
      const whoami = await fetch(`${server.publicUrl}/sessions/whoami`, { headers: { ...fromPage, 'x-session-token': json.session_token } })
      assert.equal(whoami.status, 200)
      assert.equal(whoami.headers.get('access-control-allow-origin'), page)
      const settings = await fetch(`${server.publicUrl}/self-service/settings/api`, { headers: { ...fromPage, 'x-session-token': json.session_token } })
      assert.equal(settings.status, 200)

      const preflight = await fetch(`${server.publicUrl}/self-service/login?flow=1`, { method: 'OPTIONS', headers: { origin: page, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-session-token' } })
      assert.equal(preflight.status, 204)
      assert.equal(preflight.headers.get('access-control-allow-origin'), page)
      assert.equal(preflight.headers.get('access-control-allow-headers'), 'content-type,x-session-token')
      const stranger = await fetch(`${server.publicUrl}/sessions/whoami`, { headers: { origin: 'https://evil.example.org' } })
      assert.equal(stranger.headers.get('access-control-allow-origin'), null)
    } finally {
      await server.stop()
    }
  })

  it('are refused without it', async () => {
    const server = await startAscent({ env: { DEV_DISABLE_API_FLOW_ENFORCEMENT: undefined } })
    try {
      for (const headers of [{ origin: page }, { cookie: 'somebody=elses' }]) {
        const { answer, json } = await register(server, headers)
        assert.equal(answer.status, 400)
        assert.equal(json.session_token, undefined)
      }
      assert.equal((await register(server, {})).answer.status, 200)
    } finally {
      await server.stop()
    }
  })
})
