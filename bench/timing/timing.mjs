// Does the time of an answer tell whether somebody has an account? Starts the program with account enumeration mitigated, asks about
// addresses that are known and unknown in random order, and prints for each question the area under the ROC curve: 0.5 says nothing,
// 1 or 0 says all. 200 samples each leave a noise of some 0.03; 0.40 to 0.60 is wanted. Close other programs first.
//   node bench/timing/timing.mjs                              both databases (PostgreSQL by eng/postgres.sh)
//   node bench/timing/timing.mjs --program out/ascent --engines sqlite --samples 400 --port 34000 --only code-login
//   node bench/timing/timing.mjs --postgres 'postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const options = { program: join(root, 'out', 'ascent'), engines: 'sqlite,postgres', samples: '200', port: '34000', postgres: '', only: '' }
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].slice(2)
  if (!(name in options) || process.argv[i + 1] === undefined) { console.error(`options: --${Object.keys(options).join(' --')}, each with a value`); process.exit(1) }
  options[name] = process.argv[i + 1]
}
const base = Number(options.port), people = 40, password = 'correct-horse-battery-9'
const [open, admin, smtp, database] = [base, base + 1, base + 2, base + 3]
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

function call(port, method, path, body) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const request = http.request({ host: '127.0.0.1', port, method, path, agent, headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) } }, response => {
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('end', () => resolve({ took: performance.now() - started, status: response.statusCode, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', reject)
    request.end(body && JSON.stringify(body))
  })
}

/** Each begins a flow, which is not measured, and gives the submission that is. */
const questions = {
  'recovery': ['recovery', address => ({ method: 'code', email: address })],
  'verification': ['verification', address => ({ method: 'code', email: address })],
  'code-login': ['login', address => ({ method: 'code', identifier: address })],
  'password-login': ['login', address => ({ method: 'password', identifier: address, password: 'wrong-password-1' })],
  'code-registration': ['registration', address => ({ method: 'code', traits: { email: address } })],
  'password-registration': ['registration', address => ({ method: 'password', traits: { email: address }, password })],
}

async function ask([flow, body], address) {
  const begun = JSON.parse((await call(open, 'GET', `/self-service/${flow}/api`)).text)
  // What the answer before left behind is done by now, as far as it is quick.
  await pause(2)
  return call(open, 'POST', `/self-service/${flow}?flow=${begun.id}`, body(address))
}

const known = i => `person-${String(i).padStart(6, '0')}@example.org`
let strangers = 0
const unknown = () => `nobody-${String(strangers++).padStart(6, '0')}@example.org`

function areaUnderCurve(yes, no) {
  let above = 0
  for (const a of yes) for (const b of no) above += a > b ? 1 : a === b ? 0.5 : 0
  return above / (yes.length * no.length)
}
const median = all => all.toSorted((a, b) => a - b)[all.length >> 1]

async function measure(question) {
  const times = { known: [], unknown: [] }, statuses = { known: new Set(), unknown: new Set() }
  const plan = Array.from({ length: 2 * Number(options.samples) }, (_, i) => i % 2 ? 'known' : 'unknown')
  for (let i = plan.length - 1; i > 0; i--) { const j = Math.floor(Math.random() * (i + 1)); [plan[i], plan[j]] = [plan[j], plan[i]] }
  for (let i = 0; i < 40; i++) await ask(question, i % 2 ? known(i % people) : unknown())
  for (const [i, which] of plan.entries()) {
    const answer = await ask(question, which === 'known' ? known(i % people) : unknown())
    times[which].push(answer.took)
    statuses[which].add(answer.status)
  }
  return { auc: areaUnderCurve(times.known, times.unknown), known: median(times.known), unknown: median(times.unknown), statuses: [...statuses.known].join('/') + ' ' + [...statuses.unknown].join('/') }
}

function config(folder) {
  const many = '{ max_failures: 1000000 }'
  const knows = execFileSync(options.program, ['config', 'reference'], { encoding: 'utf8' }).includes('message_limits')
  return `
version: v26.2.0
log: { level: error }
secrets: { default: [ timing-secret-0123456789 ], cipher: [ 0123456789abcdef0123456789abcdef ] }
serve:
  public: { base_url: "http://127.0.0.1:${open}/", host: 127.0.0.1, port: ${open} }
  admin: { base_url: "http://127.0.0.1:${admin}/", host: 127.0.0.1, port: ${admin} }
identity: { default_schema_id: default, schemas: [ { id: default, url: "file://${folder}/person.json" } ] }
courier: { smtp: { connection_uri: "smtp://127.0.0.1:${smtp}/?disable_starttls=true", from_address: no-reply@example.org } }
hashers: { algorithm: argon2, argon2: { memory: 8MB, iterations: 1, parallelism: 1 } }
security:
  account_enumeration: { mitigate: true }
  throttle: { identifier: ${many}, address: ${many}${knows ? `, registration: ${many}` : ''} }
${knows ? '  message_limits: { recipient: { max_messages: 1000000 }, client: { max_messages: 1000000 } }' : ''}
selfservice:
  default_browser_return_url: http://127.0.0.1:${open}/
  methods: { password: { enabled: true, config: { haveibeenpwned_enabled: false } }, code: { enabled: true, passwordless_enabled: true }, link: { enabled: false } }
  flows:
    login: { style: unified }
    registration: { enable_legacy_one_step: true }
    recovery: { enabled: true }
    verification: { enabled: true }
`
}

const schema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { traits: { type: 'object', required: ['email'], properties: { email: {
  type: 'string', format: 'email', 'ory.sh/kratos': { credentials: { password: { identifier: true }, code: { identifier: true, via: 'email' } }, verification: { via: 'email' }, recovery: { via: 'email' } } } } } } }

// In a process of its own: what it does with a message must not delay the clock of the one that asks.
const receiver = `require('node:net').createServer(s => { s.on('error', () => {}); s.write('220 x\\r\\n'); let body = false, rest = ''
s.on('data', d => { rest += d; for (let i; (i = rest.indexOf('\\r\\n')) >= 0;) { const l = rest.slice(0, i); rest = rest.slice(i + 2)
if (body) { if (l === '.') { body = false; s.write('250 ok\\r\\n') } } else if (/^data/i.test(l)) { body = true; s.write('354 go\\r\\n') } else s.write(/^quit/i.test(l) ? '221 bye\\r\\n' : '250 ok\\r\\n') } }) }).listen(${smtp}, '127.0.0.1')`

async function run(engine, dsn, folder) {
  writeFileSync(join(folder, 'person.json'), JSON.stringify(schema))
  writeFileSync(join(folder, 'kratos.yml'), config(folder))
  const environment = { ...process.env, DSN: dsn }
  execFileSync(options.program, ['migrate', 'sql', '-e', '--yes'], { env: environment, stdio: 'ignore' })
  const mail = spawn(process.execPath, ['-e', receiver], { stdio: 'inherit' })
  const server = spawn(options.program, ['serve', '-c', join(folder, 'kratos.yml'), '--watch-courier'], { env: environment, stdio: 'inherit' })
  try {
    for (let i = 0; ; i++) {
      try { if ((await call(admin, 'GET', '/health/ready')).status === 200) break } catch { if (i > 300) throw new Error('the server does not start') }
      await pause(100)
    }
    for (let i = 0; i < people; i++) {
      const answer = await call(admin, 'POST', '/admin/identities', { schema_id: 'default', traits: { email: known(i) }, credentials: { password: { config: { password } } } })
      if (answer.status !== 201) throw new Error(answer.text)
    }
    for (const [name, question] of Object.entries(questions)) {
      if (options.only && !options.only.split(',').includes(name)) continue
      const m = await measure(question)
      console.log(`${engine.padEnd(9)} ${name.padEnd(22)} AUC ${m.auc.toFixed(3)}   median known ${m.known.toFixed(2)} ms, unknown ${m.unknown.toFixed(2)} ms   status known, unknown: ${m.statuses}`)
    }
  } finally {
    server.kill(); mail.kill()
    await new Promise(ended => server.exitCode !== null ? ended() : server.on('exit', ended))
  }
}

for (const engine of options.engines.split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'ascent-timing-'))
  let started = false
  try {
    let dsn = `sqlite://${folder}/db.sqlite?_fk=true`
    if (engine === 'postgres') {
      if (!options.postgres) { execFileSync(join(root, 'eng', 'postgres.sh'), ['start', join(folder, 'postgres'), String(database)], { stdio: 'ignore' }); started = true }
      const url = new URL(options.postgres || `postgres://postgres@127.0.0.1:${database}/postgres?sslmode=disable`)
      const name = `timing_${process.pid}`
      execFileSync('psql', [url.href.split('?')[0], '-qc', `create database ${name}`])
      url.pathname = `/${name}`
      dsn = url.href
    }
    await run(engine, dsn, folder)
  } finally {
    if (started) execFileSync(join(root, 'eng', 'postgres.sh'), ['stop', join(folder, 'postgres')], { stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exit(0)
