// @ory/client-fetch, unmodified, does with Ascent what it does with Kratos: as a native app, as a browser, as an operator.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as sdk from '@ory/client-fetch'
import { databases, startAscent } from './ascent.mjs'
import { browser, csrf, input, messages, methods, native, operator, password, refused, typed } from './people.mjs'
import { nextCode } from './totp.mjs'

for (const database of databases) {
  const title = `the SDK on ${database.name}`
  if (database.skip) it(title, { skip: database.skip })
  else describe(title, () => {
    let server, admin
    before(async () => { server = await startAscent({ database }); admin = operator(server) })
    after(() => server?.stop())

    const create = email => admin.identities.createIdentity({ createIdentityBody: { schema_id: 'default', traits: { email }, credentials: { password: { config: { password } } } } })

    async function signIn(api, identifier, word = password) {
      const flow = typed('LoginFlow', await api.createNativeLoginFlow())
      const done = await api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: 'password', identifier, password: word } })
      return typed('SuccessfulNativeLogin', done)
    }

    async function signInBrowser(person, identifier, word = password, query = {}) {
      const flow = typed('LoginFlow', await person.api.createBrowserLoginFlow(query))
      return typed('SuccessfulNativeLogin', await person.api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: 'password', identifier, password: word, csrf_token: csrf(flow) } }))
    }

    describe('a native app', () => {
      const email = 'native@example.org'
      let api, token, secret
      before(() => { api = native(server) })

      it('registers in two steps and has a session', async () => {
        const flow = typed('RegistrationFlow', await api.createNativeRegistrationFlow())
        const second = await refused(400, api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'profile', traits: { email, name: 'Nat' } } }))
        assert.ok(input(second, 'password'), 'the second step asks for a password')
        const done = typed('SuccessfulNativeRegistration', await api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'password', traits: { email, name: 'Nat' }, password } }))
        assert.match(done.session_token, /^ory_st_/)
        typed('Identity', done.identity)
        assert.equal(typed('Session', done.session).identity.traits.email, email)
        token = done.session_token
      })

      it('is told what is wrong with a registration', async () => {
        const flow = await api.createNativeRegistrationFlow()
        const taken = sdk.RegistrationFlowFromJSON(await refused(400, api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'password', traits: { email }, password } })))
        assert.deepEqual(messages(typed('RegistrationFlow', taken)), [4000007])
        const weak = sdk.RegistrationFlowFromJSON(await refused(400, api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'password', traits: { email: 'no address' }, password: 'short' } })))
        assert.ok(messages(weak).length > 0)
      })

      it('asks who it is', async () => {
        const session = typed('Session', await api.toSession({ xSessionToken: token }))
        assert.equal(session.active, true)
        assert.equal(session.authenticator_assurance_level, 'aal1')
        assert.deepEqual(methods(session), ['password'])
        const nobody = await refused(401, api.toSession({ xSessionToken: 'ory_st_00000000000000000000000000000000' }))
        assert.equal(nobody.error.code, 401)
        await refused(401, api.toSession())
      })

      it('signs in, and is refused with a wrong password', async () => {
        const done = await signIn(api, email)
        assert.notEqual(done.session_token, token)
        const flow = await api.createNativeLoginFlow()
        const wrong = sdk.LoginFlowFromJSON(await refused(400, api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: 'password', identifier: email, password: 'not-the-word' } })))
        assert.deepEqual(messages(typed('LoginFlow', wrong)), [4000006])
        const again = typed('LoginFlow', await api.getLoginFlow({ id: flow.id }))
        assert.deepEqual(messages(again), [4000006])
      })

      it('enrols an authenticator app', async () => {
        const flow = typed('SettingsFlow', await api.createNativeSettingsFlow({ xSessionToken: token }))
        secret = input(flow, 'totp_secret_key').attributes.text.context.secret
        assert.match(input(flow, 'totp_qr').attributes.src, /^data:image\/png;base64,/)
        const wrong = await refused(400, api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'totp', totp_code: '000000' } }))
        assert.deepEqual(messages(wrong), [4000008])
        const done = typed('SettingsFlow', await api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'totp', totp_code: await nextCode(secret) } }))
        assert.equal(done.state, 'success')
        const session = typed('Session', await api.toSession({ xSessionToken: token }))
        assert.equal(session.authenticator_assurance_level, 'aal2')
        assert.deepEqual(methods(session), ['password', 'totp'])
      })

      it('steps up where whoami asks for it', async () => {
        const { session_token } = await signIn(api, email)
        const low = await refused(403, api.toSession({ xSessionToken: session_token }))
        assert.ok(sdk.isSessionAal2Required(low))
        assert.match(low.redirect_browser_to, /\/self-service\/login\/browser\?aal=aal2/)
        await refused(403, api.listMySessions({ xSessionToken: session_token }))
        const flow = typed('LoginFlow', await api.createNativeLoginFlow({ aal: 'aal2', xSessionToken: session_token }))
        assert.equal(flow.requested_aal, 'aal2')
        const done = typed('SuccessfulNativeLogin', await api.updateLoginFlow({ flow: flow.id, xSessionToken: session_token, updateLoginFlowBody: { method: 'totp', totp_code: await nextCode(secret) } }))
        assert.equal(done.session.authenticator_assurance_level, 'aal2')
        const session = typed('Session', await api.toSession({ xSessionToken: session_token }))
        assert.deepEqual(methods(session), ['password', 'totp'])
        const enough = await refused(400, api.createNativeLoginFlow({ aal: 'aal2', xSessionToken: session_token }))
        assert.ok(sdk.isSessionAlreadyAvailable(enough))
      })

      it('makes backup codes, and each one works once', async () => {
        let flow = await api.createNativeSettingsFlow({ xSessionToken: token })
        flow = typed('SettingsFlow', await api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'lookup_secret', lookup_secret_regenerate: true } }))
        const codes = input(flow, 'lookup_secret_codes').attributes.text.context.secrets.map(s => s.context.secret)
        assert.equal(new Set(codes).size, 12)
        await api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'lookup_secret', lookup_secret_confirm: true } })
        for (const [code, status] of [[codes[0], 200], [codes[0], 400], [codes[11], 200]]) {
          const { session_token } = await signIn(api, email)
          const step = await api.createNativeLoginFlow({ aal: 'aal2', xSessionToken: session_token })
          const submit = api.updateLoginFlow({ flow: step.id, xSessionToken: session_token, updateLoginFlowBody: { method: 'lookup_secret', lookup_secret: code } })
          if (status === 200) assert.deepEqual(methods((await submit).session), ['password', 'lookup_secret'])
          else assert.deepEqual(messages(await refused(status, submit)), [4000012])
        }
      })

      it('proves itself again without losing its session', async () => {
        const before = await api.toSession({ xSessionToken: token })
        const flow = typed('LoginFlow', await api.createNativeLoginFlow({ refresh: true, xSessionToken: token }))
        assert.equal(flow.refresh, true)
        const done = await api.updateLoginFlow({ flow: flow.id, xSessionToken: token, updateLoginFlowBody: { method: 'password', identifier: email, password } })
        assert.equal(done.session.id, before.id)
        const now = await api.toSession({ xSessionToken: token })
        assert.ok(now.authenticated_at > before.authenticated_at)
        assert.equal(now.authenticator_assurance_level, 'aal2')
      })

      it('changes its profile and its password', async () => {
        let flow = await api.createNativeSettingsFlow({ xSessionToken: token })
        flow = typed('SettingsFlow', await api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'profile', traits: { email, name: 'Nathan' } } }))
        assert.equal(flow.identity.traits.name, 'Nathan')
        await api.updateSettingsFlow({ flow: flow.id, xSessionToken: token, updateSettingsFlowBody: { method: 'password', password: 'another-horse-battery-8' } })
        const old = await api.createNativeLoginFlow()
        await refused(400, api.updateLoginFlow({ flow: old.id, updateLoginFlowBody: { method: 'password', identifier: email, password } }))
        await signIn(api, email, 'another-horse-battery-8')
      })

      it('lists its sessions, ends one of them and then all others', async () => {
        const others = await api.listMySessions({ xSessionToken: token })
        assert.ok(others.length >= 3)
        for (const other of others) typed('Session', other)
        const mine = await api.toSession({ xSessionToken: token })
        assert.ok(others.every(s => s.id !== mine.id))
        await api.disableMySession({ xSessionToken: token, id: others[0].id })
        assert.equal((await api.listMySessions({ xSessionToken: token })).length, others.length - 1)
        await refused(400, api.disableMySession({ xSessionToken: token, id: mine.id }))
        const { count } = await api.disableMyOtherSessions({ xSessionToken: token })
        assert.equal(count, others.length, 'the one that was ended counts again, as Kratos counts')
        assert.deepEqual(await api.listMySessions({ xSessionToken: token }), [])
      })

      it('logs out', async () => {
        await api.performNativeLogout({ performNativeLogoutBody: { session_token: token } })
        await refused(401, api.toSession({ xSessionToken: token }))
      })
    })

    describe('a browser', () => {
      const email = 'browser@example.org'
      let person, secret
      before(() => { person = browser(server) })

      it('registers', async () => {
        const flow = typed('RegistrationFlow', await person.api.createBrowserRegistrationFlow())
        assert.deepEqual((await person.api.getRegistrationFlow({ id: flow.id })).id, flow.id)
        const done = await person.api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: 'password', traits: { email }, password, csrf_token: csrf(flow) } })
        assert.equal(done.session_token, undefined, 'a browser gets a cookie, no token')
        typed('Identity', done.identity)
        assert.equal(typed('Session', await person.api.toSession()).identity.traits.email, email)
      })

      it('is refused without the form\'s token, and with another browser\'s', async () => {
        const flow = await person.api.createBrowserLoginFlow({ refresh: true })
        const body = { method: 'password', identifier: email, password }
        assert.ok(sdk.isCsrfError(await refused(403, person.api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: body }))))
        const stranger = browser(server)
        const other = await stranger.api.createBrowserLoginFlow()
        assert.ok(sdk.isCsrfError(await refused(403, person.api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { ...body, csrf_token: csrf(other) } }))))
        assert.ok(sdk.isCsrfError(await refused(403, stranger.api.getLoginFlow({ id: flow.id }))))
      })

      it('does not sign in twice', async () => {
        assert.ok(sdk.isSessionAlreadyAvailable(await refused(400, person.api.createBrowserLoginFlow())))
        assert.ok(sdk.isSessionAlreadyAvailable(await refused(400, person.api.createBrowserRegistrationFlow())))
      })

      it('is not sent to addresses that nobody allowed', async () => {
        assert.ok(sdk.isRedirectUrlNotAllowed(await refused(400, browser(server).api.createBrowserLoginFlow({ returnTo: 'https://evil.example.org/' }))))
      })

      it('enrols an authenticator app', async () => {
        const flow = typed('SettingsFlow', await person.api.createBrowserSettingsFlow())
        secret = input(flow, 'totp_secret_key').attributes.text.context.secret
        const done = typed('SettingsFlow', await person.api.updateSettingsFlow({ flow: flow.id, updateSettingsFlowBody: { method: 'totp', totp_code: await nextCode(secret), csrf_token: csrf(flow) } }))
        assert.ok(input(done, 'totp_unlink'))
        assert.equal((await person.api.toSession()).authenticator_assurance_level, 'aal2')
      })

      it('steps up on a second machine, where whoami and settings say so', async () => {
        const second = browser(server)
        const on = await refused(422, signInBrowser(second, email))
        assert.ok(sdk.isBrowserLocationChangeRequired(on), 'the password alone is not enough, says the login itself')
        const low = await refused(403, second.api.toSession())
        assert.equal(low.redirect_browser_to, on.redirect_browser_to)
        assert.ok(sdk.isSessionAal2Required(low))
        assert.ok(sdk.isSessionAal2Required(await refused(403, second.api.createBrowserSettingsFlow())))
        const answer = await second.get(low.redirect_browser_to, { headers: { accept: 'application/json' } })
        const flow = typed('LoginFlow', sdk.LoginFlowFromJSON(await answer.json()))
        await second.api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: 'totp', totp_code: await nextCode(secret), csrf_token: csrf(flow) } })
        const session = typed('Session', await second.api.toSession())
        assert.equal(session.authenticator_assurance_level, 'aal2')
        typed('SettingsFlow', await second.api.createBrowserSettingsFlow())
      })

      it('proves itself again', async () => {
        const before = await person.api.toSession()
        const done = await signInBrowser(person, email, password, { refresh: true })
        assert.equal(done.session.id, before.id)
      })

      it('unlinks the authenticator app; one factor is enough again', async () => {
        const flow = await person.api.createBrowserSettingsFlow()
        await person.api.updateSettingsFlow({ flow: flow.id, updateSettingsFlowBody: { method: 'totp', totp_unlink: true, csrf_token: csrf(flow) } })
        const third = browser(server)
        await signInBrowser(third, email)
        typed('Session', await third.api.toSession())
      })

      it('lists its sessions and ends the others', async () => {
        const others = await person.api.listMySessions()
        assert.equal(others.length, 2)
        assert.equal((await person.api.disableMyOtherSessions()).count, 2)
      })

      it('logs out', async () => {
        const logout = typed('LogoutFlow', await person.api.createBrowserLogoutFlow())
        await person.api.updateLogoutFlow({ token: logout.logout_token })
        await refused(401, person.api.toSession())
        assert.ok(sdk.isNoActiveSession(await refused(401, person.api.createBrowserLogoutFlow())))
      })

      it('looks at an error that a page is sent to', async () => {
        const error = typed('FlowError', await person.api.getFlowError({ id: 'stub:500' }))
        assert.equal(error.error.code, 500)
      })
    })

    describe('an operator', () => {
      let identity
      it('makes an identity and reads it', async () => {
        identity = typed('Identity', await create('operated@example.org'))
        assert.equal(identity.state, 'active')
        const read = typed('Identity', await admin.identities.getIdentity({ id: identity.id, includeCredential: ['password'] }))
        assert.match(read.credentials.password.config.hashed_password, /^\$2/)
        assert.equal(read.schema_id, 'default')
        const twice = await refused(409, create('operated@example.org'))
        assert.equal(twice.error.code, 409)
      })

      it('lists, page after page', async () => {
        for (let i = 0; i < 4; i++) await create(`page-${i}@example.org`)
        const seen = new Set()
        let token
        do {
          const page = await admin.identities.listIdentitiesRaw({ pageSize: 2, pageToken: token })
          for (const one of await page.value()) seen.add(typed('Identity', one).id)
          token = /page_token=([^&>]+)[^>]*>; rel="next"/.exec(page.raw.headers.get('link'))?.[1]
          token &&= decodeURIComponent(token)
        } while (token)
        assert.ok(seen.size >= 7, `${seen.size} identities on all pages`)
        const [found] = await admin.identities.listIdentities({ credentialsIdentifier: 'operated@example.org' })
        assert.equal(found.id, identity.id)
      })

      it('replaces, patches and imports in one go', async () => {
        const replaced = typed('Identity', await admin.identities.updateIdentity({ id: identity.id, updateIdentityBody: { schema_id: 'default', state: 'active', traits: { email: 'operated@example.org', name: 'Op' }, metadata_public: { plan: 'pro' } } }))
        assert.deepEqual(replaced.metadata_public, { plan: 'pro' })
        const patched = await admin.identities.patchIdentity({ id: identity.id, jsonPatch: [{ op: 'replace', path: '/traits/name', value: 'Opal' }] })
        assert.equal(patched.traits.name, 'Opal')
        const batch = await admin.identities.batchPatchIdentities({ patchIdentitiesBody: { identities: [{ create: { schema_id: 'default', traits: { email: 'batch@example.org' } } }, { create: { schema_id: 'default', traits: { email: 'operated@example.org' } } }] } })
        assert.deepEqual(batch.identities.map(i => i.action), ['create', 'error'])
      })

      it('sees, extends and ends sessions', async () => {
        const api = native(server)
        const one = await signIn(api, 'operated@example.org'), two = await signIn(api, 'operated@example.org')
        const sessions = await admin.identities.listIdentitySessions({ id: identity.id, active: true })
        assert.deepEqual(sessions.map(s => typed('Session', s).id).sort(), [one.session.id, two.session.id].sort())
        const all = await admin.identities.listSessions({ active: true, expand: ['identity', 'devices'], pageSize: 100 })
        const shown = all.find(s => s.id === one.session.id)
        assert.equal(shown.identity.id, identity.id)
        assert.equal(shown.devices.length, 1)
        typed('Session', await admin.identities.getSession({ id: one.session.id, expand: ['identity'] }))
        await admin.identities.extendSession({ id: one.session.id })
        await admin.identities.disableSession({ id: one.session.id })
        await refused(401, api.toSession({ xSessionToken: one.session_token }))
        await api.toSession({ xSessionToken: two.session_token })
        await admin.identities.deleteIdentitySessions({ id: identity.id })
        await refused(401, api.toSession({ xSessionToken: two.session_token }))
        await refused(404, admin.identities.deleteIdentitySessions({ id: identity.id }))
      })

      it('switches an identity off, and its sessions with it', async () => {
        const api = native(server)
        const { session_token } = await signIn(api, 'operated@example.org')
        await admin.identities.patchIdentity({ id: identity.id, jsonPatch: [{ op: 'replace', path: '/state', value: 'inactive' }] })
        await refused(401, api.toSession({ xSessionToken: session_token }))
      })

      it('deletes a credential, and the identity', async () => {
        await refused(400, admin.identities.deleteIdentityCredentials({ id: identity.id, type: 'password' }))
        await admin.identities.deleteIdentity({ id: identity.id })
        await refused(404, admin.identities.getIdentity({ id: identity.id }))
      })

      it('reads schemas, version and mail', async () => {
        const [schema] = await admin.identities.listIdentitySchemas()
        assert.equal(schema.id, 'default')
        assert.equal((await admin.identities.getIdentitySchema({ id: 'default' })).title, 'Person')
        assert.ok((await admin.metadata.getVersion()).version)
        assert.deepEqual(await admin.courier.listCourierMessages({ recipient: 'nobody@example.org' }), [])
      })
    })
  })
}
