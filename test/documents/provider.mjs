// An OpenID provider that says yes: as much of it as a login by a social account needs.
import { createServer } from 'node:http'
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'

const mapper = `local claims = std.extVar('claims'); { identity: { traits: { email: claims.email, name: claims.name } } }`

export async function startProvider() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url')
  const nonces = new Map()
  let issuer
  const routes = {
    '/.well-known/openid-configuration': () => ({
      issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] }),
    '/token': form => {
      const code = form.get('code'), now = Math.floor(Date.now() / 1000)
      const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ iss: issuer, sub: code, aud: 'ascent', exp: now + 300, iat: now, nonce: nonces.get(code), email: `${code}@example.org`, email_verified: true, name: 'Jane Doe' })}`
      return { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, id_token: `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}` }
    },
  }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, issuer)
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri')), code = `social-${randomUUID()}`
      nonces.set(code, url.searchParams.get('nonce'))
      back.searchParams.set('code', code)
      back.searchParams.set('state', url.searchParams.get('state'))
      response.writeHead(302, { location: back.href }).end()
      return
    }
    let body = ''
    for await (const chunk of request) body += chunk
    const answer = routes[url.pathname]?.(new URLSearchParams(body))
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  issuer = `http://127.0.0.1:${server.address().port}`
  return {
    configuration: JSON.stringify({
      selfservice: {
        methods: { oidc: { enabled: true, config: { providers: [{ id: 'google', provider: 'generic', client_id: 'ascent', client_secret: 'secret-of-the-test', issuer_url: issuer, scope: ['openid', 'email'], mapper_url: `base64://${Buffer.from(mapper).toString('base64')}` }] } } },
        flows: { registration: { after: { oidc: { hooks: [{ hook: 'session' }] } } } },
      },
    }),
    close: () => new Promise(r => { server.closeAllConnections(); server.close(r) }),
  }
}
