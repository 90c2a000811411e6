// A person at a browser: Debian's Chromium without a window, a profile of its own, and keys where they have some.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { until } from '../ascent.mjs'

const shots = process.env.ASCENT_SHOTS

export const startChromium = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })

export class Person {
  static async at(browser, site, ascentUrl) {
    const context = await browser.newContext({ viewport: { width: 900, height: 900 }, locale: 'en' })
    context.setDefaultTimeout(10_000)
    const person = new Person()
    Object.assign(person, { context, site, ascentUrl, page: await context.newPage(), faults: [], refusals: [] })
    person.page.on('pageerror', e => person.faults.push(e.stack || String(e)))
    person.page.on('dialog', dialog => { person.faults.push(`a dialogue: ${dialog.message()}`); dialog.dismiss().catch(() => {}) })
    person.page.on('requestfailed', request => { if (!/ERR_ABORTED/.test(request.failure().errorText)) person.faults.push(`${request.url()}: ${request.failure().errorText}`) })
    person.page.on('response', answer => { if (answer.status() >= 500) person.faults.push(`${answer.url()}: ${answer.status()}`) })
    person.page.on('response', async answer => {
      if (answer.url().startsWith(ascentUrl) && answer.status() >= 400) person.refusals.push(`${answer.request().method()} ${answer.url()} ${answer.status()} ${await answer.text().catch(() => '')}`)
    })
    return person
  }

  /** A key that answers at once: in the machine (passkeys) or at its side (security keys). */
  async addKey(transport) {
    this.devtools ??= await this.context.newCDPSession(this.page)
    await this.devtools.send('WebAuthn.enable')
    const { authenticatorId } = await this.devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport, hasResidentKey: transport === 'internal', hasUserVerification: transport === 'internal', isUserVerified: true, automaticPresenceSimulation: true } })
    return { credentials: async () => (await this.devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials }
  }

  /** As browsers are that offer passkeys by the button alone. */
  hasNoAutofillOfPasskeys() { return this.page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false }) }

  go(path) { return this.page.goto(this.site.url + path) }

  find(testId) { return this.page.getByTestId(testId) }

  input(name) { return this.find(`ory/form/node/input/${name}`) }

  button(name) { return this.find(`ory/form/node/button/${name}`) }

  section(group) { return this.find(`ory/screen/settings/group/${group}`) }

  async shows(testId) { await this.find(testId).first().waitFor() }

  /** The person is told something, by the number of the message. */
  async isTold(id) { await this.page.getByTestId(`ory/message/${id}`).first().waitFor() }

  /** However many pages are gone through on the way. */
  async isAt(path) {
    const is = () => { const url = new URL(this.page.url()); return url.origin === this.site.url && url.pathname === path }
    await until(is, 10_000, () => `the browser is not at ${path}`)
    await this.page.waitForLoadState().catch(e => { if (!/ERR_ABORTED/.test(e.message)) throw e })
  }

  /** Does something of which comes that Ascent takes a form of this flow and the browser goes on. */
  async sends(flow, deed) {
    let taken = false
    const look = answer => { taken ||= answer.status() < 400 && answer.request().method() === 'POST' && new URL(answer.url()).pathname === `/self-service/${flow}` }
    this.page.on('response', look)
    try {
      await Promise.all([
        this.page.waitForEvent('framenavigated', frame => taken && frame === this.page.mainFrame()),
        deed(),
      ])
    } finally { this.page.off('response', look) }
    await this.page.waitForLoadState()
  }

  /** Settings are saved, and said to be; the page may still say so of an earlier change. */
  async saves(deed) {
    await this.sends('settings', deed)
    await this.isTold(1050001)
  }

  /** The start page says who is signed in, how strongly, and by what. */
  async isSignedIn(email, aal, ...methods) {
    await this.isAt('/')
    await this.shows('who')
    assert.equal(await this.find('who').textContent(), email)
    assert.equal(await this.find('aal').textContent(), aal)
    if (methods.length) assert.equal(await this.find('methods').textContent(), methods.join(' '))
  }

  async signOut() {
    await this.go('/')
    await this.find('logout').click()
    await this.isAt('/login')
  }

  async shoot(name) {
    if (!shots) return
    mkdirSync(shots, { recursive: true })
    await this.page.waitForTimeout(300)
    await this.page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  }

  async close() {
    await this.context.close()
    assert.deepEqual(this.faults, [], 'the browser complained')
  }
}
