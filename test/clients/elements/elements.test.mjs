// @ory/elements-react, unmodified, in Chromium against Ascent: what people see and do, and that nothing breaks on the way.
// ASCENT_SHOTS=DIR keeps a picture of every page.
import assert from 'node:assert/strict'
import { nextCode } from '../totp.mjs'
import { password, world } from './world.mjs'

world('Ory Elements', ({ test, create, register, signIn, enrolTotp, configured, another, server }) => {
  test('signs somebody up in two steps, out and in again', async person => {
    const email = 'ada@example.org'
    await person.go('/registration')
    await person.shows('ory/form/node/input/traits.name')
    await person.shoot('registration')
    await person.input('traits.email').fill(email)
    await person.button('method').click()
    await person.shows('ory/form/auth-picker/password')
    await person.shoot('registration-how')
    await person.find('ory/form/auth-picker/password').click()
    await person.input('password').fill(email)
    await person.button('method').click()
    await person.page.getByText('too similar').or(person.page.getByTestId('ory/message/4000031')).first().waitFor()
    await person.shoot('registration-weak-password')
    await person.input('password').fill(password)
    await person.button('method').click()
    await person.isSignedIn(email, 'aal1', 'password')
    await person.signOut()
    await signIn(person, email, 'not-the-word')
    await person.isTold(4000006)
    await person.shoot('login-refused')
    await person.input('password').fill(password)
    await person.button('method').click()
    await person.isSignedIn(email, 'aal1', 'password')
  })

  test('shows an address that is taken', async person => {
    await create('taken@example.org')
    await register(person, 'taken@example.org')
    await person.isTold(4000007)
    await person.shoot('registration-taken')
  })

  test('changes profile and password', async person => {
    const email = 'bea@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    await person.go('/settings')
    await person.input('traits.name').fill('Bea')
    await person.saves(() => person.section('profile').locator('button[type=submit]').click())
    await person.page.reload()
    assert.equal(await person.input('traits.name').inputValue(), 'Bea')
    await person.section('password').locator('input[name=password]').fill('another-horse-battery-8')
    await person.saves(() => person.section('password').locator('button[type=submit]').click())
    await person.signOut()
    await signIn(person, email, 'another-horse-battery-8')
    await person.isSignedIn(email, 'aal1')
  })

  test('steps up with an authenticator app and with a backup code', async person => {
    const email = 'cem@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    await person.go('/settings')
    await person.shows('ory/form/node/input/totp_code')
    await person.shoot('settings')
    const secret = await enrolTotp(person)
    await person.button('lookup_secret_regenerate').click()
    await person.shows('ory/screen/settings/group/recovery_code/codes')
    const codes = (await person.find('ory/screen/settings/group/recovery_code/codes').innerText()).match(/\b[a-z0-9]{8}\b/g)
    assert.equal(codes.length, 12)
    await person.shoot('settings-backup-codes')
    await person.button('lookup_secret_confirm').click()
    await person.shows('ory/form/node/button/lookup_secret_disable')
    await person.shoot('settings-second-factors')

    await person.signOut()
    await signIn(person, email)
    await person.shows('ory/form/auth-picker/totp')
    await person.shoot('step-up')
    await person.find('ory/form/auth-picker/totp').click()
    await person.input('totp_code').fill('000000')
    await person.button('method').click()
    await person.isTold(4000008)
    await person.shoot('step-up-refused')
    await person.input('totp_code').fill(await nextCode(secret))
    await person.button('method').click()
    await person.isSignedIn(email, 'aal2', 'password', 'totp')

    await person.signOut()
    await signIn(person, email)
    await person.find('ory/form/auth-picker/lookup_secret').click()
    await person.input('lookup_secret').fill(codes[3])
    await person.button('method').click()
    await person.isSignedIn(email, 'aal2', 'password', 'lookup_secret')

    await person.go('/settings')
    await person.saves(() => person.section('totp').locator('button').first().click())
    await person.button('lookup_secret_disable').click()
    await person.shows('ory/form/node/button/lookup_secret_regenerate')
    await person.signOut()
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1', 'password')
  })

  test('asks for the second factor where a page of settings wants it', async person => {
    const email = 'dia@example.org'
    await create(email)
    const other = await another()
    await signIn(other, email)
    await other.isSignedIn(email, 'aal1')
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    const secret = await enrolTotp(other)
    await other.close()
    await person.go('/settings')
    await person.isAt('/login')
    await person.input('totp_code').fill(await nextCode(secret))
    await person.button('method').click()
    await person.page.waitForURL(url => ['/settings', '/'].includes(url.pathname))
    await person.go('/settings')
    await person.shows('ory/screen/settings/group/totp')
  })

  test('asks again for the password where something is to be changed long after', async person => {
    const email = 'eli@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    await configured(t => t.replace('privileged_session_max_age: 15m', 'privileged_session_max_age: 1s'), async () => {
      await person.page.waitForTimeout(1200)
      await person.go('/settings')
      await person.section('password').locator('input[name=password]').fill('another-horse-battery-8')
      await person.section('password').locator('button[type=submit]').click()
      await person.isAt('/login')
      await person.shows('ory/form/node/input/password')
      await person.shoot('refresh')
    })
    await person.input('password').fill(password)
    await person.button('method').click()
    await person.isAt('/settings')
    await person.shows('ory/screen/settings/group/password')
    await person.shoot('refresh-done')
    await person.signOut()
  })

  test('adds, uses and removes a security key', async person => {
    const email = 'fay@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    const key = await person.addKey('usb')
    await person.go('/settings')
    await person.input('webauthn_register_displayname').fill('On my keyring')
    await person.button('webauthn_register_trigger').click()
    await person.section('webauthn').getByText('On my keyring').waitFor()
    assert.equal((await key.credentials()).length, 1)
    await person.shoot('settings-security-key')
    await person.signOut()
    await signIn(person, email)
    await person.shows('ory/form/node/button/webauthn_login_trigger')
    await person.shoot('step-up-security-key')
    await person.button('webauthn_login_trigger').click()
    await person.isSignedIn(email, 'aal2', 'password', 'webauthn')
    assert.equal((await key.credentials())[0].signCount, 2)
    await person.go('/settings')
    await person.section('webauthn').locator('button[type=submit]').click()
    await person.section('webauthn').getByText('On my keyring').waitFor({ state: 'detached' })
    await person.signOut()
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1', 'password')
  })

  test('signs somebody up with a passkey, and in by autofill and by the button', async person => {
    const email = 'gil@example.org'
    const key = await person.addKey('internal')
    await person.go('/registration')
    await person.input('traits.email').fill(email)
    await person.button('method').click()
    await person.find('ory/form/auth-picker/passkey').click()
    await person.isSignedIn(email, 'aal1', 'passkey')
    const [credential] = await key.credentials()
    assert.ok(credential.isResidentCredential)
    assert.equal(credential.userName, email)
    await person.go('/')
    await person.sends('login', () => person.find('logout').click())
    await person.isSignedIn(email, 'aal1', 'passkey') // the key answers the autofill as soon as the page of login is there

    await person.hasNoAutofillOfPasskeys() // or it would answer before the button
    await person.signOut()
    await person.shows('ory/form/node/button/passkey_login_trigger')
    await person.shoot('login')
    await person.button('passkey_login_trigger').click()
    await person.isSignedIn(email, 'aal1', 'passkey')
  })

  test('lets the autofill of passkeys take no button its request', async person => {
    await person.go('/login')
    await person.button('passkey_login_trigger').and(person.page.locator(':enabled')).waitFor()
    const aborted = await person.page.evaluate(async () => {
      let abort
      const aborts = new Promise(resolve => { abort = () => resolve(true) })
      navigator.credentials.get = options => { options.signal.addEventListener('abort', abort); return new Promise(() => {}) }
      window.oryPasskeyLogin()
      return Promise.race([aborts, window.oryPasskeyLoginAutocompleteInit().then(() => false)])
    })
    assert.equal(aborted, false)
  })

  test('adds a passkey to an account and removes it', async person => {
    const email = 'hal@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    const key = await person.addKey('internal')
    await person.go('/settings')
    await person.saves(() => person.button('passkey_register_trigger').click())
    assert.equal((await key.credentials()).length, 1)
    await person.shoot('settings-passkey')
    await person.go('/')
    await person.sends('login', () => person.find('logout').click())
    await person.isSignedIn(email, 'aal1', 'passkey')
    await person.go('/settings')
    await person.saves(() => person.section('passkey').locator('button[type=submit]').click())
    assert.equal(await person.section('passkey').locator('button[type=submit]').count(), 0)
  })

  test('asks for the identifier first where the configuration says so', async person => {
    const email = 'ian@example.org'
    await create(email)
    await configured(t => t.replace('lifespan: 10m }', 'lifespan: 10m, style: identifier_first }'), async () => {
      await person.go('/login')
      await person.input('identifier').fill(email)
      assert.equal(await person.input('password').count(), 0)
      await person.shoot('identifier-first')
      await person.button('method').click()
      await person.shoot('identifier-first-how')
      await person.find('ory/form/auth-picker/password').or(person.input('password')).first().waitFor()
      if (await person.find('ory/form/auth-picker/password').count()) await person.find('ory/form/auth-picker/password').click()
      await person.input('password').fill('not-the-word')
      await person.button('method').click()
      await person.isTold(4000006)
      await person.input('password').fill(password)
      await person.shoot('identifier-first-password')
      await person.button('method').click()
      await person.isSignedIn(email, 'aal1', 'password')
    })
  })

  test('signs somebody up in one step where the configuration says so', async person => {
    const email = 'jim@example.org'
    await configured(t => t.replace('    registration:\n', '    registration:\n      enable_legacy_one_step: true\n'), async () => {
      await person.go('/registration')
      await person.input('traits.email').fill(email)
      await person.input('traits.name').fill('Jim')
      await person.input('password').fill(password)
      await person.shoot('registration-one-step')
      await person.page.locator('button[type=submit][value=password]').click()
      await person.isSignedIn(email, 'aal1', 'password')
    })
  })

  test('signs somebody up and in with a security key and no password', async person => {
    const email = 'kai@example.org'
    const key = await person.addKey('usb')
    await configured(t => t.replace('passwordless: false', 'passwordless: true').replace(/ {4}passkey: \{ enabled: true.*\n/, ''), async () => {
      await person.go('/registration')
      await person.input('traits.email').fill(email)
      await person.button('method').click()
      await person.shoot('registration-how-security-key')
      await person.find('ory/form/auth-picker/webauthn').click()
      await person.input('webauthn_register_displayname').fill('Kai\'s')
      await person.shoot('registration-security-key')
      await person.button('webauthn_register_trigger').click()
      await person.isSignedIn(email, 'aal1', 'webauthn')
      assert.equal((await key.credentials()).length, 1)
      await person.signOut()
      await person.input('identifier').fill(email)
      await person.shoot('login-security-key')
      await person.page.locator('button[type=submit][value=webauthn]').click()
      await person.shoot('login-security-key-second')
      await person.button('webauthn_login_trigger').click()
      await person.isSignedIn(email, 'aal1', 'webauthn')
    })
  })

  test('returns to where it came from', async person => {
    const email = 'lou@example.org'
    await create(email)
    await person.go(`/login?return_to=${encodeURIComponent(`${person.site.url}/?back`)}`)
    await person.input('identifier').fill(email)
    await person.input('password').fill(password)
    await person.button('method').click()
    await person.page.waitForURL(`${person.site.url}/?back`)
    await person.isSignedIn(email, 'aal1')
  })

  test('shows backup codes again, and which are used', async person => {
    const email = 'mia@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    await person.go('/settings')
    await person.button('lookup_secret_regenerate').click()
    const shown = person.find('ory/screen/settings/group/recovery_code/codes')
    const codes = (await shown.innerText()).match(/\b[a-z0-9]{8}\b/g)
    await person.button('lookup_secret_confirm').click()
    await person.shows('ory/form/node/button/lookup_secret_disable')
    await person.signOut()
    await signIn(person, email)
    await person.input('lookup_secret').fill(codes[0])
    await person.button('method').click()
    await person.isSignedIn(email, 'aal2', 'password', 'lookup_secret')
    await person.go('/settings')
    await person.section('lookup_secret').locator('button[name=lookup_secret_reveal]').click()
    await shown.waitFor()
    await person.shoot('settings-backup-codes-revealed')
    const again = (await shown.innerText()).match(/\b[a-z0-9]{8}\b/g)
    assert.deepEqual(again.filter(c => codes.includes(c)), codes.slice(1))
  })

  test('shows an error that it was sent to', async person => {
    await person.page.goto(`${server().publicUrl}/self-service/login/browser?return_to=https://evil.example.org/`)
    await person.isAt('/error')
    await person.shows('ory/screen/error')
    await person.shoot('error')
  })

  test('starts anew where a flow is gone', async person => {
    await person.go('/login?flow=00000000-0000-4000-8000-000000000000')
    await person.shows('ory/form/node/input/identifier')
  })

  test('runs a native flow from the page in development', async person => {
    await create('native@example.org')
    await person.go('/')
    await person.shows('nobody')
    const done = await person.page.evaluate(async ([ascent, body]) => {
      const call = async (url, init) => (await fetch(url, { credentials: 'include', ...init })).json()
      const flow = await call(`${ascent}/self-service/login/api`)
      const login = await call(flow.ui.action, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return call(`${ascent}/sessions/whoami`, { headers: { 'x-session-token': login.session_token } })
    }, [server().publicUrl, { method: 'password', identifier: 'native@example.org', password }])
    assert.equal(done.identity?.traits.email, 'native@example.org', JSON.stringify(done))
  })
})
