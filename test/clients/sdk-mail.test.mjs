// @ory/client-fetch, unmodified, where letters are needed: addresses verified, accounts recovered, codes instead of passwords.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as sdk from '@ory/client-fetch'
import { databases, startAscent } from './ascent.mjs'
import { startMail } from './mail.mjs'
import { browser, csrf, input, messages, methods, native, operator, password, refused, typed } from './people.mjs'

const sixDigits = /^(\d{6})\r?$/m

for (const database of databases) {
  const title = `the SDK with mail on ${database.name}`
  if (database.skip) it(title, { skip: database.skip })
  else describe(title, () => {
    let server, codes, mail, admin
    before(async () => {
      mail = await startMail()
      server = await startAscent({ database, values: { SMTP: mail.url } })
      // The same with codes for passwords; whoever signs up with a code has a session, whoever does with a password is led to verification.
      codes = await startAscent({ database, values: { SMTP: mail.url }, change: t => t.replace('[ { hook: session } ]', '[ { hook: session }, { hook: show_verification_ui } ]').replace('    code: { enabled: true }\n', '    code: { enabled: true, passwordless_enabled: true }\n').replace('        passkey: { hooks', '        code: { hooks: [ { hook: session } ] }\n        passkey: { hooks') })
      admin = operator(server)
    })
    after(async () => { await Promise.all([server?.stop(), codes?.stop(), mail?.close()]) })

    const create = email => admin.identities.createIdentity({ createIdentityBody: { schema_id: 'default', traits: { email }, credentials: { password: { config: { password } } } } })
    const address = async id => (await admin.identities.getIdentity({ id })).verifiable_addresses[0]

    it('a native app verifies an address', async () => {
      const api = native(server), { id } = await create('verify-native@example.org')
      const flow = typed('VerificationFlow', await api.createNativeVerificationFlow())
      const send = body => api.updateVerificationFlow({ flow: flow.id, updateVerificationFlowBody: { method: 'code', ...body } })
      const sent = typed('VerificationFlow', await send({ email: 'verify-native@example.org' }))
      assert.equal(sent.state, 'sent_email')
      assert.deepEqual(messages(await send({ code: '000000' })), [4070006])
      const done = typed('VerificationFlow', await send({ code: await mail.find('verify-native@example.org', sixDigits) }))
      assert.equal(done.state, 'passed_challenge')
      assert.equal((await address(id)).verified, true)
    })

    it('a browser verifies an address, and a stranger\'s looks the same', async () => {
      const person = browser(server), { id } = await create('verify-browser@example.org')
      const ask = async email => {
        const flow = await person.api.createBrowserVerificationFlow()
        return typed('VerificationFlow', await person.api.updateVerificationFlow({ flow: flow.id, updateVerificationFlowBody: { method: 'code', email, csrf_token: csrf(flow) } }))
      }
      const stranger = await ask('verify-stranger@example.org'), sent = await ask('verify-browser@example.org')
      assert.deepEqual(messages(sent), messages(stranger))
      const done = await person.api.updateVerificationFlow({ flow: sent.id, updateVerificationFlowBody: { method: 'code', code: await mail.find('verify-browser@example.org', sixDigits), csrf_token: csrf(sent) } })
      assert.deepEqual(messages(typed('VerificationFlow', done)), [1080002])
      assert.ok(input(done, 'continue'))
      assert.equal((await address(id)).status, 'completed')
    })

    it('somebody who signs up gets a letter', async () => {
      const api = native(codes)
      const flow = await api.createNativeRegistrationFlow()
      const done = await api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'password', traits: { email: 'fresh@example.org' }, password } })
      const next = done.continue_with.find(c => c.action === 'show_verification_ui')
      assert.ok(next, `verification does not follow: ${JSON.stringify(done.continue_with)}`)
      const verification = typed('VerificationFlow', await api.getVerificationFlow({ id: next.flow.id }))
      const passed = await api.updateVerificationFlow({ flow: verification.id, updateVerificationFlowBody: { method: 'code', code: await mail.find('fresh@example.org', sixDigits) } })
      assert.equal(passed.state, 'passed_challenge')
      const session = await api.toSession({ xSessionToken: done.session_token })
      assert.equal(session.identity.verifiable_addresses[0].verified, true)
    })

    it('a browser recovers an account and sets a new password', async () => {
      const person = browser(server), email = 'recover@example.org'
      await create(email)
      const flow = typed('RecoveryFlow', await person.api.createBrowserRecoveryFlow())
      const sent = typed('RecoveryFlow', await person.api.updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: 'code', email, csrf_token: csrf(flow) } }))
      assert.equal(sent.state, 'sent_email')
      const on = await refused(422, person.api.updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: 'code', code: await mail.find(email, sixDigits), csrf_token: csrf(sent) } }))
      assert.ok(sdk.isBrowserLocationChangeRequired(on))
      const settings = typed('SettingsFlow', await person.api.getSettingsFlow({ id: new URL(on.redirect_browser_to).searchParams.get('flow') }))
      assert.deepEqual(messages(settings), [1060001])
      await person.api.updateSettingsFlow({ flow: settings.id, updateSettingsFlowBody: { method: 'password', password: 'another-horse-battery-8', csrf_token: csrf(settings) } })
      assert.deepEqual(methods(typed('Session', await person.api.toSession())), ['code_recovery'])
      const again = native(server), login = await again.createNativeLoginFlow()
      await refused(400, again.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { method: 'password', identifier: email, password } }))
      await again.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { method: 'password', identifier: email, password: 'another-horse-battery-8' } })
    })

    it('an operator hands out a code and a link of recovery', async () => {
      const { id } = await create('handed@example.org')
      const code = typed('RecoveryCodeForIdentity', await admin.identities.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id } }))
      const person = browser(server)
      const flow = typed('RecoveryFlow', await person.api.getRecoveryFlow({ id: new URL(code.recovery_link).searchParams.get('flow') }))
      const on = await refused(422, person.api.updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: 'code', code: code.recovery_code, csrf_token: csrf(flow) } }))
      assert.match(on.redirect_browser_to, /\/settings\?flow=/)
      assert.equal((await person.api.toSession()).identity.id, id)
      await admin.identities.disableSession({ id: (await person.api.toSession()).id })
    })

    it('a native app signs up and in by codes', async () => {
      const api = native(codes), email = 'codes@example.org', traits = { email }
      const flow = await api.createNativeRegistrationFlow()
      const register = body => api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'code', traits, ...body } })
      assert.equal((await refused(400, register({}))).state, 'sent_email')
      const done = typed('SuccessfulNativeRegistration', await register({ code: await mail.find(email, sixDigits) }))
      assert.match(done.session_token, /^ory_st_/)
      assert.equal(done.identity.verifiable_addresses[0].verified, true)

      const login = await api.createNativeLoginFlow(), now = Date.now()
      const submit = body => api.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { method: 'code', identifier: email, ...body } })
      assert.deepEqual(messages(await refused(400, submit({}))), [1010014])
      assert.deepEqual(messages(await refused(400, submit({ code: '000000' }))), [4010008])
      const code = await mail.find(email, sixDigits, now)
      const session = typed('SuccessfulNativeLogin', await submit({ code }))
      assert.deepEqual(methods(session.session), ['code'])
      await refused(400, submit({ code }))
    })

    it('an operator reads what was sent', async () => {
      const letters = await admin.courier.listCourierMessages({ recipient: 'recover@example.org' })
      assert.ok(letters.length >= 1)
      const letter = typed('Message', letters[0])
      assert.equal(letter.type, 'email')
      assert.equal((await admin.courier.getCourierMessage({ id: letter.id })).id, letter.id)
    })
  })
}
