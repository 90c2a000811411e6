// What the tests of Ory Elements begin with: Ascent, the page, a receiver of mail, a browser, and what people do most.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startAscent, until } from '../ascent.mjs'
import { startMail } from '../mail.mjs'
import { nextCode } from '../totp.mjs'
import { Person, startChromium } from './person.mjs'
import { startSite } from './site.mjs'

export const password = 'correct-horse-battery-9'

export function world(title, tests) {
  describe(title, () => {
    let site, mail, server, browser
    before(async () => {
      [site, mail, browser] = await Promise.all([startSite(), startMail(), startChromium()])
      server = await startAscent({ values: { PAGE: site.url, SMTP: mail.url }, env: { DEV_DISABLE_API_FLOW_ENFORCEMENT: 'true' } })
      site.ascentUrl = server.publicUrl
    })
    after(async () => {
      await browser?.close()
      await server?.stop()
      await Promise.all([site?.close(), mail?.close()])
    })

    const another = () => Person.at(browser, site, server.publicUrl)
    const admin = async (path, init) => (await fetch(`${server.adminUrl}${path}`, init)).json()

    /** A test with a person of its own; what goes wrong is told with what the server refused them. */
    const test = (title, work) => it(title, { timeout: 120_000 }, async () => {
      const person = await another()
      try {
        await work(person)
      } catch (e) {
        await person.shoot(`fault-${title.replace(/\W+/g, '-')}`)
        const fault = new Error(`${e.message}\nat ${person.page.url()}; the browser complained:\n${person.faults.join('\n')}\nthe server refused:\n${person.refusals.join('\n').slice(0, 3000)}`, { cause: e })
        await person.context.close()
        throw fault
      }
      await person.close()
    })

    async function create(email) {
      const identity = await admin('/admin/identities', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ schema_id: 'default', traits: { email }, credentials: { password: { config: { password } } } }) })
      assert.ok(identity.id, JSON.stringify(identity))
    }

    const verified = async email => (await admin(`/admin/identities?credentials_identifier=${email}`))[0].verifiable_addresses[0].verified

    async function register(person, email) {
      await person.go('/registration')
      await person.input('traits.email').fill(email)
      await person.button('method').click()
      await person.find('ory/form/auth-picker/password').click()
      await person.input('password').fill(password)
      await person.button('method').click()
    }

    async function signIn(person, email, word = password) {
      await person.go('/login')
      await person.input('identifier').fill(email)
      await person.input('password').fill(word)
      await person.button('method').click()
    }

    async function enrolTotp(person) {
      await person.go('/settings')
      const secret = await person.input('totp_secret_key').inputValue()
      await person.input('totp_code').fill(await nextCode(secret))
      await person.saves(() => person.section('totp').locator('button[type=submit]').click())
      return secret
    }

    /** Another configuration for the time of some work. */
    async function configured(change, work) {
      const put = async text => {
        const revision = `r${Date.now()}${Math.random()}`
        server.rename(`revision: "${revision}"\n${text}`)
        await until(async () => await (await fetch(`${server.adminUrl}/health/config`)).text() === revision, 5000, () => `revision ${revision} does not show: ${server.log().slice(-800)}`)
      }
      const changed = change(server.config)
      assert.notEqual(changed, server.config)
      await put(changed)
      try {
        await work()
      } finally {
        await put(server.config)
      }
    }

    tests({ test, another, create, verified, register, signIn, enrolTotp, configured, server: () => server, mail: () => mail })
  })
}
