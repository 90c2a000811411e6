// What the README shows can be copied: its commands run in their order against the development configuration, and answer what it says.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { program, startAscent } from '../clients/ascent.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const read = path => readFileSync(join(root, path), 'utf8')

/** The commands between `./run.sh` and the next chapter. */
function commands() {
  const readme = read('README.md'), begin = readme.indexOf('    ./run.sh\n'), end = readme.indexOf('\n## ', begin)
  return readme.slice(begin, end).split('\n').slice(1).filter(line => line.startsWith('    ')).map(line => line.slice(4)).join('\n')
}

describe('the README', () => {
  let server
  before(async () => {
    server = await startAscent({
      change: text => {
        const [open, admin] = [...text.matchAll(/port: (\d+)/g)].map(m => m[1])
        return read('deploy/development/kratos.yml').replaceAll('4433', open).replaceAll('4434', admin).replace('file://deploy', `file://${root}/deploy`)
      },
    })
  })
  after(() => server?.stop())

  it('its commands answer what it says', async () => {
    const script = commands().replaceAll('localhost:4433', new URL(server.publicUrl).host).replaceAll('localhost:4434', new URL(server.adminUrl).host)
      .replaceAll('out/ascent', program).replace(/^export DSN=.*$/m, `export DSN='${server.dsn}'`)
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: root })
    let rest = stdout
    for (const expected of [
      '"status":"ok"', '"method":"admin"', '204 No Content', 'session_inactive', // an operator's session, and its end
      '"authenticator_assurance_level":"aal1"', '"method":"password"', // a native login
      '"state":"success"', 'session_aal2_required', '"authenticator_assurance_level":"aal2"', // stepping up
      '"state":"sent_email"', '"action":"show_settings_ui"', // a forgotten password
    ]) {
      const at = rest.indexOf(expected)
      assert.ok(at >= 0, `${expected} does not follow in:\n${rest}`)
      rest = rest.slice(at + expected.length)
    }
  })
})
