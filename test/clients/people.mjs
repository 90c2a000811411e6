// People with the SDK as it comes from the registry: a native app with its token, a browser with its cookies, an operator.
import assert from 'node:assert/strict'
import * as sdk from '@ory/client-fetch'

export const password = 'correct-horse-battery-9'

export const native = server => new sdk.FrontendApi(new sdk.Configuration({ basePath: server.publicUrl }))

export function operator(server) {
  const configuration = new sdk.Configuration({ basePath: server.adminUrl })
  return { identities: new sdk.IdentityApi(configuration), courier: new sdk.CourierApi(configuration), metadata: new sdk.MetadataApi(configuration) }
}

/** A single-page app in a browser: cookies come and go by themselves, answers are JSON. */
export function browser(server) {
  const jar = new Map()
  const fetchApi = async (url, init) => {
    const headers = new Headers(init?.headers)
    if (jar.size) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map(s => s.trim())
      const name = pair.slice(0, pair.indexOf('=')), value = pair.slice(name.length + 1)
      if (value === '' || attributes.some(a => /^max-age=(0|-)/i.test(a))) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  const api = new sdk.FrontendApi(new sdk.Configuration({ basePath: server.publicUrl, fetchApi, credentials: 'include', headers: { Accept: 'application/json' } }))
  return { api, jar, get: (url, init) => fetchApi(url, init) }
}

/** The answer is what the SDK's types say: nothing that is required is missing, times are times. */
export function typed(model, value) {
  assert.ok(sdk[`instanceOf${model}`](value), `${model}: something that the type requires is missing in ${JSON.stringify(value)}`)
  const time = { Session: ['authenticated_at', 'expires_at', 'issued_at'], Identity: ['created_at', 'updated_at'] }[model] ?? (model.endsWith('Flow') && 'ui' in value ? ['expires_at', 'issued_at'] : [])
  for (const key of time) assert.ok(value[key] instanceof Date && !Number.isNaN(value[key].getTime()), `${model}.${key} is no time`)
  for (const node of value.ui?.nodes ?? []) {
    assert.ok(sdk.instanceOfUiNode(node), `a node lacks something: ${JSON.stringify(node)}`)
    const attributes = { input: 'Input', text: 'Text', img: 'Image', script: 'Script', a: 'Anchor', div: 'Division' }[node.attributes.node_type]
    assert.ok(sdk[`instanceOfUiNode${attributes}Attributes`](node.attributes), `a node's attributes lack something: ${JSON.stringify(node.attributes)}`)
  }
  for (const entry of value.authentication_methods ?? []) assert.ok(entry.method && entry.completed_at instanceof Date)
  return value
}

/** The body of an answer that the SDK throws, and the status it must have. */
export async function refused(status, promise) {
  const e = await promise.then(() => assert.fail(`${status} expected, but it went through`), e => e)
  assert.ok(sdk.isResponseError(e), `no answer of the server: ${e.stack}`)
  const body = await e.response.json()
  assert.equal(e.response.status, status, JSON.stringify(body))
  return body
}

export const input = (flow, name) => flow.ui.nodes.find(n => n.attributes.name === name || n.attributes.id === name)
export const csrf = flow => input(flow, 'csrf_token')?.attributes.value
export const messages = flow => [...(flow.ui.messages ?? []), ...flow.ui.nodes.flatMap(n => n.messages)].map(m => m.id)
export const methods = session => session.authentication_methods.map(m => m.method)
