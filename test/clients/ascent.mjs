// Starts out/ascent on a database of its own, as `kratos serve --dev --watch-courier` is started, and stops it again.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
export const program = process.env.ASCENT ?? join(here, '../../out/ascent')

/** Both databases; the second only where a server is named. Without one its tests are skipped by name, never left out. */
export const databases = [
  { name: 'SQLite' },
  { name: 'PostgreSQL', server: process.env.ASCENT_TEST_POSTGRES, skip: process.env.ASCENT_TEST_POSTGRES ? false : 'ASCENT_TEST_POSTGRES names no server' },
]

/**
 * @param database one of `databases`
 * @param values what ${NAME} in kratos.yml stands for, besides the ports
 * @param change (text) => text: what the test changes in the file before the server reads it
 * @param more texts of further configuration files, each over the ones before
 * @param dev false: as in production, without --dev
 */
export async function startAscent({ database = databases[0], values = {}, change = t => t, env = {}, more = [], dev = true } = {}) {
  const [publicPort, adminPort] = await freePorts(2)
  const dir = mkdtempSync(join(tmpdir(), 'ascent-clients-'))
  const file = join(dir, 'kratos.yml')
  const all = { HERE: here, PAGE: 'http://localhost:4455', SMTP: 'smtp://127.0.0.1:9/?disable_starttls=true', ...values, PUBLIC_PORT: publicPort, ADMIN_PORT: adminPort }
  const config = change(readFileSync(join(here, 'kratos.yml'), 'utf8').replace(/\$\{(\w+)\}/g, (_, name) => all[name]))
  writeFileSync(file, config)
  const files = [file, ...more.map((_, i) => join(dir, `more-${i}.yml`))]
  more.forEach((text, i) => writeFileSync(files[i + 1], text))
  const configured = files.flatMap(f => ['-c', f])
  const fresh = database.server ? postgres(database.server, `clients_${process.pid}_${publicPort}`) : { dsn: `sqlite://${join(dir, 'db.sqlite')}?_fk=true&mode=rwc`, drop() {} }
  const environment = { ...process.env, ...env, DSN: fresh.dsn }
  execFileSync(program, ['migrate', 'sql', '-e', '--yes', ...configured], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  const child = spawn(program, ['serve', ...configured, ...(dev ? ['--dev'] : []), '--watch-courier'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', d => { log += d })
  const ended = new Promise(r => child.once('exit', r))
  const server = {
    publicUrl: `http://localhost:${publicPort}`, adminUrl: `http://localhost:${adminPort}`, file, config, dsn: fresh.dsn, files, log: () => log,
    /** Replaces the file as careful editors do: a new file takes the old one's name. */
    rename(text) { writeFileSync(`${file}.new`, text); renameSync(`${file}.new`, file) },
    async stop() {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(killer)
      fresh.drop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${log.slice(-2000)}`)
      return fetch(`${server.adminUrl}/health/ready`).then(r => r.ok, () => false)
    }, 30_000, () => `the server is not ready: ${log.slice(-2000)}`)
  } catch (e) {
    await server.stop()
    throw e
  }
  return server
}

/** Asks again until the answer is good; what it answered. */
export async function until(question, limit = 10_000, why = () => 'it did not come to be in time') {
  for (const end = Date.now() + limit; ;) {
    const answer = await question()
    if (answer) return answer
    if (Date.now() > end) throw new Error(why())
    await new Promise(r => setTimeout(r, 50))
  }
}

export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((good, bad) => {
    const server = createServer().once('error', bad)
    server.listen(0, '127.0.0.1', () => good(server))
  })))
  const ports = servers.map(s => s.address().port)
  await Promise.all(servers.map(s => new Promise(r => s.close(r))))
  return ports
}

function postgres(server, name) {
  const sql = text => execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', server, '-c', text], { stdio: ['ignore', 'ignore', 'pipe'] })
  sql(`create database ${name}`)
  const dsn = new URL(server)
  dsn.pathname = `/${name}`
  return { dsn: dsn.href, drop: () => sql(`drop database ${name} with (force)`) }
}
