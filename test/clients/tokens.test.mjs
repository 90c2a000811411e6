// A session token of the documented configuration, verified by a library that knows nothing of Ascent: jose, by the published keys.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { databases, startAscent } from './ascent.mjs'
import { native, operator, password } from './people.mjs'

const tokenizer = 'tokenizer: { templates: { jwt: { enabled: true, claims: { issuer: "https://example.com", audience: [ "https://api.example.com" ] } } } }'

for (const database of databases) {
  const title = `session tokens on ${database.name}`
  if (database.skip) it(title, { skip: database.skip })
  else describe(title, () => {
    let server
    before(async () => { server = await startAscent({ database, change: t => t.replace('whoami: { required_aal: highest_available }', `whoami: { required_aal: highest_available, ${tokenizer} }`) }) })
    after(() => server?.stop())

    it('jose verifies what whoami signed', async () => {
      const email = 'token@example.org'
      const identity = await operator(server).identities.createIdentity({ createIdentityBody: { schema_id: 'default', traits: { email }, credentials: { password: { config: { password } } } } })
      const api = native(server)
      const flow = await api.createNativeLoginFlow()
      const { session_token, session } = await api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: 'password', identifier: email, password } })
      const { tokenized } = await api.toSession({ xSessionToken: session_token, tokenizeAs: 'jwt' })

      const keys = createRemoteJWKSet(new URL(`${server.publicUrl}/sessions/jwks.json`))
      const { payload, protectedHeader } = await jwtVerify(tokenized, keys, { issuer: 'https://example.com', audience: 'https://api.example.com', subject: identity.id, algorithms: ['ES256'] })
      assert.equal(payload.sid, session.id)
      assert.equal(payload.exp - payload.iat, 60)
      assert.ok(protectedHeader.kid)
      await assert.rejects(jwtVerify(`${tokenized.slice(0, -6)}AAAAAA`, keys), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    })
  })
}
