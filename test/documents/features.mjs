// The features that blocks wait for, and how to see that one is there: then its blocks need tests instead of an entry.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask } from './people.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Whether a source file of the repository, outside of its tests, says something. */
function written(extension, pattern, folder = root) {
  return readdirSync(folder).some(name => {
    if (/^(node_modules|bin|obj|out|test|data|docs|\..*)$/.test(name)) return false
    const path = join(folder, name)
    return statSync(path).isDirectory() ? written(extension, pattern, path) : name.endsWith(extension) && pattern.test(readFileSync(path, 'utf8'))
  })
}

export const features = {
  'TypeScript SDK': () => written('.ts', /\bstepUp\b/) || written('.tsx', /\bstepUp\b/),
  'OAuth2 provider': async server => existsSync(join(root, 'src/Ascent/OAuth2')) || (await ask('GET', `${server.publicUrl}/.well-known/openid-configuration`)).status === 200,
}
