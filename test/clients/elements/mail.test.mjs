// Ory Elements where letters are needed: addresses verified, accounts recovered, codes instead of passwords.
import assert from 'node:assert/strict'
import { nextCode } from '../totp.mjs'
import { world } from './world.mjs'

const sixDigits = /^(\d{6})\r?$/m

world('Ory Elements with mail', ({ test, create, register, signIn, enrolTotp, configured, mail, verified }) => {
  test('verifies an address by a code that is mailed', async person => {
    const email = 'ida@example.org'
    await create(email)
    await person.go('/verification')
    await person.input('email').fill(email)
    await person.button('method').click()
    await person.shows('ory/form/node/input/code')
    await person.shoot('verification-code')
    await person.input('code').fill('000000')
    await person.button('method').click()
    await person.isTold(4070006)
    await person.input('code').fill(await mail().find(email, sixDigits))
    await person.button('method').click()
    await person.isTold(1080002)
    await person.shoot('verification-done')
    assert.equal(await verified(email), true)
  })

  test('verifies an address by the link in the mail', async person => {
    const email = 'jon@example.org'
    await create(email)
    await person.go('/verification')
    await person.input('email').fill(email)
    await person.button('method').click()
    await person.shows('ory/form/node/input/code')
    await person.page.goto(await mail().find(email, /(http:\/\/localhost\S+)/))
    await person.isAt('/verification')
    await person.shoot('verification-link')
    await person.button('method').click()
    await person.isTold(1080002)
    assert.equal(await verified(email), true)
  })

  test('goes on from signing up to verifying the address', async person => {
    const email = 'kim@example.org'
    await configured(t => t.replace('password: { hooks: [ { hook: session } ] }', 'password: { hooks: [ { hook: session }, { hook: show_verification_ui } ] }'), async () => {
      await register(person, email)
      await person.isAt('/verification')
    })
    await person.shows('ory/form/node/input/code')
    await person.shoot('verification-after-registration')
    await person.input('code').fill(await mail().find(email, sixDigits))
    await person.button('method').click()
    await person.isTold(1080002)
    await person.find('ory/form/node/link/continue').click()
    await person.isSignedIn(email, 'aal1', 'password')
    assert.equal(await verified(email), true)
  })


  test('recovers an account by a code that is mailed', async person => {
    const email = 'lea@example.org'
    await create(email)
    await person.go('/login')
    await person.find('ory/screen/login/action/recover-account').click()
    await person.isAt('/recovery')
    await person.input('email').fill(email)
    await person.shoot('recovery')
    await person.button('method').click()
    await person.shows('ory/form/node/input/code')
    await person.shoot('recovery-code')
    await person.input('code').fill('000000')
    await person.button('method').click()
    await person.isTold(4060006)
    await person.input('code').fill(await mail().find(email, sixDigits))
    await person.button('method').click()
    await person.isAt('/settings')
    await person.isTold(1060001)
    await person.shoot('recovery-settings')
    await person.section('password').locator('input[name=password]').fill('another-horse-battery-8')
    await person.saves(() => person.section('password').locator('button[type=submit]').click())
    await person.signOut()
    await signIn(person, email, 'another-horse-battery-8')
    await person.isSignedIn(email, 'aal1', 'password')
  })

  test('asks for the second factor on the way from recovery to settings', async person => {
    const email = 'max@example.org'
    await create(email)
    await signIn(person, email)
    await person.isSignedIn(email, 'aal1')
    const secret = await enrolTotp(person)
    await person.signOut()
    await person.go('/recovery')
    await person.input('email').fill(email)
    const now = Date.now() // the change of settings sent a letter, too
    await person.button('method').click()
    await person.input('code').fill(await mail().find(email, sixDigits, now))
    await person.button('method').click()
    await person.isAt('/login')
    await person.input('totp_code').fill(await nextCode(secret))
    await person.shoot('recovery-second-factor')
    await person.button('method').click()
    await person.isAt('/settings')
    await person.shows('ory/screen/settings/group/password')
  })

  test('recovers an account by a link', async person => {
    const email = 'nia@example.org'
    await create(email)
    await configured(t => t.replace('recovery: { enabled: true, ui_url: "', 'recovery: { enabled: true, use: link, ui_url: "').replace(/(\/recovery"), use: code/, '$1').replace('    code: { enabled: true }\n', '    code: { enabled: true }\n    link: { enabled: true }\n'), async () => {
      await person.go('/recovery')
      await person.input('email').fill(email)
      await person.button('method').click()
      await person.isTold(1060002)
      await person.shoot('recovery-link')
      await person.page.goto(await mail().find(email, /(http:\/\/localhost\S+token=\w+)/))
      await person.isAt('/settings')
      await person.isTold(1060001)
    })
  })

  test('signs somebody up and in by codes instead of passwords', async person => {
    const email = 'oda@example.org'
    await configured(t => t.replace('    code: { enabled: true }\n', '    code: { enabled: true, passwordless_enabled: true }\n').replace('        passkey: { hooks', '        code: { hooks: [ { hook: session } ] }\n        passkey: { hooks'), async () => {
      await person.go('/registration')
      await person.input('traits.email').fill(email)
      await person.button('method').click()
      await person.shoot('code-registration-how')
      await person.find('ory/form/auth-picker/code').click()
      await person.shows('ory/form/node/input/code')
      await person.shoot('code-registration')
      await person.input('code').fill(await mail().find(email, sixDigits))
      await person.button('method').click()
      await person.isSignedIn(email, 'aal1', 'code')
      await person.signOut()
      await person.input('identifier').fill(email)
      await person.shoot('code-login-how')
      const now = Date.now()
      await person.find('ory/form/auth-picker/code').or(person.button('method').filter({ hasText: 'code' })).first().click()
      await person.shows('ory/form/node/input/code')
      await person.input('code').fill('000000')
      await person.button('method').click()
      await person.isTold(4010008)
      await person.shoot('code-login-refused')
      await person.input('code').fill(await mail().find(email, sixDigits, now))
      await person.button('method').click()
      await person.isSignedIn(email, 'aal1', 'code')
    })
  })

  test('steps up with a code that is mailed', async person => {
    const email = 'pia@example.org'
    await create(email)
    await configured(t => t.replace('    code: { enabled: true }\n', '    code: { enabled: true, mfa_enabled: true }\n'), async () => {
      await signIn(person, email)
      // There is one address, so that the letter is on its way when the page asks.
      await person.shows('ory/screen/login/action/logout')
      await person.input('code').fill(await mail().find(email, sixDigits))
      await person.shoot('code-step-up')
      await person.button('method').click()
      await person.isSignedIn(email, 'aal2', 'password', 'code')
    })
  })
})
