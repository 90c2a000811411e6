// The servers that the tests share: one for each configuration, started when it is first asked for.
import { startAscent } from '../clients/ascent.mjs'
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

  return {
    get(kind, text = '') {
      const key = kind.startsWith('printed') ? `${kind} ${text}` : kind
      if (!started.has(key)) started.set(key, (async () => {
        const server = await startAscent({ database, ...await kinds[kind](text) })
        if (kind === 'admin token') Object.assign(server, { adminToken, adminHeaders: { authorization: `Bearer ${adminToken}` } })
        return server
      })())
      return started.get(key)
    },
    async stop() {
      await Promise.allSettled([...started.values()].map(async s => (await s).stop()))
      for (const end of ends) await end()
    },
  }
}
