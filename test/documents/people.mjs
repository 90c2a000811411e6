// People without any library: a native app with its token, a browser with its cookies, an operator.
import assert from 'node:assert/strict'
import { nextCode } from '../clients/totp.mjs'

export const password = 'correct-horse-battery-9'

/** One exchange: { status, headers, text, body }; nothing is followed. */
export async function ask(method, url, { headers = {}, json, form, cookies } = {}) {
  const answer = await fetch(url, {
    method, redirect: 'manual',
    headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...headers, ...(cookies?.size ? { cookie: [...cookies].map(c => c.join('=')).join('; ') } : {}) },
    body: json ? JSON.stringify(json) : form ? new URLSearchParams(form) : undefined,
  })
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = /^([^=]+)=([^;]*)/.exec(line).slice(1)
    if (!cookies) continue
    if (value === '' || /max-age=(0|-)/i.test(line)) cookies.delete(name)
    else cookies.set(name, value)
  }
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: text && /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined }
}

export async function good(exchange) {
  const answer = await exchange
  assert.ok(answer.status < 400, `${answer.status} ${answer.text}`)
  return answer
}

let people = 0

/** An identity with a password, made by the admin API. */
export async function person(server, more = {}) {
  const email = `person-${++people}@example.org`
  const { body } = await good(ask('POST', `${server.adminUrl}/admin/identities`, {
    headers: server.adminHeaders,
    json: { schema_id: 'default', traits: { email, name: 'Jane Doe' }, credentials: { password: { config: { password } } }, ...more },
  }))
  return { id: body.id, email, identity: body }
}

export const tokenOf = token => ({ 'X-Session-Token': token })
export const whoami = (server, token, query = '') => ask('GET', `${server.publicUrl}/sessions/whoami${query}`, { headers: tokenOf(token) })
export const node = (flow, name) => flow.ui.nodes.find(n => n.attributes.name === name || n.attributes.id === name)?.attributes

/** A native login; the whole answer, with `session` and `session_token`. */
export async function signIn(server, who, headers = {}) {
  const flow = (await good(ask('GET', `${server.publicUrl}/self-service/login/api`))).body
  return (await good(ask('POST', flow.ui.action, { headers, json: { method: 'password', identifier: who.email, password } }))).body
}

/** Enrols an authenticator app with a session; what the app knows. */
export async function enrolTotp(server, token) {
  const flow = (await good(ask('GET', `${server.publicUrl}/self-service/settings/api`, { headers: tokenOf(token) }))).body
  const secret = node(flow, 'totp_secret_key').text.context.secret
  await good(ask('POST', flow.ui.action, { headers: tokenOf(token), json: { method: 'totp', totp_code: await nextCode(secret) } }))
  return secret
}

export async function stepUp(server, token, secret) {
  const flow = (await good(ask('GET', `${server.publicUrl}/self-service/login/api?aal=aal2`, { headers: tokenOf(token) }))).body
  return (await good(ask('POST', flow.ui.action, { headers: tokenOf(token), json: { method: 'totp', totp_code: await nextCode(secret) } }))).body
}

/** A browser: cookies come and go by themselves. `page` is without script, the rest with. */
export function browser(server) {
  const cookies = new Map()
  const page = (method, url, more = {}) => ask(method, new URL(url, server.publicUrl), { cookies, ...more, headers: { accept: 'text/html', ...more.headers } })
  const app = (method, url, more = {}) => ask(method, new URL(url, server.publicUrl), { cookies, ...more, headers: { accept: 'application/json', ...more.headers } })
  return {
    cookies, page, app,
    header: () => [...cookies].map(c => c.join('=')).join('; '),
    /** A flow that began with a redirect to its page. */
    flow: async (kind, location) => (await good(app('GET', `/self-service/${kind}/flows?id=${new URL(location).searchParams.get('flow')}`))).body,
    async signIn(who) {
      const flow = (await good(app('GET', '/self-service/login/browser'))).body
      const answer = await app('POST', flow.ui.action, { json: { csrf_token: node(flow, 'csrf_token').value, method: 'password', identifier: who.email, password } })
      // 422 where a second factor has to follow: the session is there.
      assert.ok([200, 422].includes(answer.status), answer.text)
      return answer
    },
  }
}
