// The servers that the tests share: one for each configuration, started when it is first asked for.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { program, startAscent } from '../clients/ascent.mjs'
import { startProvider } from './provider.mjs'

const adminToken = 'documents-admin-token-0123456789abcdef'

export function servers(database) {
  const started = new Map(), ends = []

  /** As text: the keys of a printed configuration, over the base of test/clients. */
  const kinds = {
    main: async () => {
      const provider = await startProvider()
      ends.push(() => provider.close())
      return { more: [provider.configuration] }
    },
    /** The configuration that the block prints. */
    printed: text => ({ more: [text] }),
    /** With an idle time of 20 seconds two uses that lie two seconds apart are told from one. */
    'printed, sliding': text => ({ more: [text, 'session: { sliding: true, idle: { aal1: 20s } }'] }),
    'without --dev': () => ({ dev: false }),
    short: () => ({ more: ['session: { lifespan: 2s }'] }),
    'admin token': () => ({ more: [`serve: { admin: { auth: { tokens: [ { name: operator, token: ${adminToken} } ] } } }`] }),
  }

  async function start(kind, text) {
    const server = await startAscent({ database, ...await kinds[kind](text) })
    ends.push(() => server.stop())
    if (kind === 'admin token') Object.assign(server, { adminToken, adminHeaders: { authorization: `Bearer ${adminToken}` } })
    if (kind.startsWith('printed')) takenAsItIs(server)
    return server
  }

  return {
    get(kind, text = '') {
      const key = kind.startsWith('printed') ? `${kind} ${text}` : kind
      if (!started.has(key)) started.set(key, start(kind, text))
      return started.get(key)
    },
    stop: () => Promise.all(ends.map(end => end())),
  }
}

/** Nothing that is printed is warned of: passed over, or replaced by something else. */
function takenAsItIs(server) {
  const said = execFileSync(program, ['config', 'validate', ...server.files.flatMap(f => ['-c', f])], { env: { ...process.env, DSN: server.dsn }, encoding: 'utf8' })
  assert.deepEqual(said.split('\n').filter(line => line.startsWith('warning') && !line.includes('hashers.bcrypt.cost')), [])
}
