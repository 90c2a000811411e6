#!/usr/bin/env node
// Replays the recordings of Kratos in ../shared/conformance and holds the answers against them. A step may differ only where
// conformance-differences.json says so; what is listed there has to differ. The last line counts scenarios.
//   node test/conformance.mjs [--postgres URL] [--port FIRST] [--only NAME,…] [--share N --seed S]
// --share N plays one scenario in N, chosen by the seed.
// Two runners work side by side, each with servers and databases of its own.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const recordings = join(root, '../shared/conformance')
const { values: options } = parseArgs({ options: { postgres: { type: 'string' }, port: { type: 'string', default: '13500' }, only: { type: 'string' },
  share: { type: 'string', default: '1' }, seed: { type: 'string', default: '0' } } })
const engine = options.postgres ? 'PostgreSQL' : 'SQLite'

if (!existsSync(recordings)) {
  console.log(`Conformance on ${engine}: not run, the recordings (../shared/conformance) are not here.`)
  process.exit(0)
}

const { not_yet, differences } = JSON.parse(readFileSync(join(root, 'test/conformance-differences.json'), 'utf8'))
const documented = readFileSync(join(root, 'docs/kratos-differences.md'), 'utf8')
const complaints = differences.filter(d => !documented.includes(`| ${d.reason} |`)).map(d => `docs/kratos-differences.md has no row "${d.reason}"`)

const names = []
for (const set of ['scenarios', 'holdout']) {
  if (!existsSync(join(recordings, set))) continue
  for (const file of readdirSync(join(recordings, set)).filter(f => f.endsWith('.mjs')).sort())
    for (const scenario of (await import(pathToFileURL(join(recordings, set, file)))).default) names.push(scenario.name)
}
for (const name of [...not_yet, ...differences.map(d => d.scenario)].filter(n => !names.includes(n))) complaints.push(`there is no scenario ${name}`)
const drawn = name => createHash('sha256').update(`${options.seed} ${name}`).digest().readUInt32BE() % Number(options.share) === 0
const wanted = options.only ? names.filter(n => options.only.split(',').some(o => n.startsWith(o))) : names.filter(n => !not_yet.includes(n) && drawn(n))

// The runner takes beginnings of names: whatever begins with another's name comes along with that one.
const asked = wanted.filter(n => !wanted.some(other => other !== n && n.startsWith(other)))
const work = mkdtempSync(join(tmpdir(), 'ascent-conformance-'))
const reports = await Promise.all([0, 1].map(half => run(half, asked.filter((_, i) => i % 2 === half))))
rmSync(work, { recursive: true, force: true })

let passed = 0, steps = 0, equal = 0
const listed = differences.filter(d => wanted.includes(d.scenario))
for (const name of wanted) {
  const report = reports.flat().find(s => s.scenario === name)
  if (!report) { complaints.push(`${name}: it was not run, or there is no recording of it`); continue }
  steps += report.steps
  equal += report.ok
  const before = complaints.length
  const faults = report.faults.filter(f => f.hard.length)
  for (const fault of faults) {
    const at = listed.findIndex(d => d.scenario === name && d.step === fault.label)
    if (at >= 0) listed.splice(at, 1)
    else if (fault !== faults[0] && /^not reached$/.test(fault.hard[0])) continue // it says at the first one why
    else complaints.push([`${name}: ${fault.label}`, ...fault.hard.slice(0, 6)].join('\n      '))
  }
  for (const d of listed.filter(d => d.scenario === name)) complaints.push(`${name}: ${d.step}\n      is listed as differing, but is equal to the recording`)
  if (complaints.length === before) passed++
}
for (const complaint of complaints.slice(0, 60)) console.log(`  ${complaint}`)
if (complaints.length > 60) console.log(`  and ${complaints.length - 60} more`)
if (!options.only && not_yet.length) console.log(`Conformance on ${engine}: ${not_yet.length} of ${names.length} scenarios are not run yet.`)
console.log(`Conformance on ${engine}: ${equal}/${steps} steps equal, ${steps - equal} differ; ${differences.length} are listed as meant.`)
const failed = Math.max(wanted.length - passed, complaints.length ? 1 : 0)
console.log(`${passed} passed, ${failed} failed`)
process.exit(complaints.length ? 1 : 0)

/** Runs some scenarios one after the other; what the runner reports of them. */
async function run(half, only) {
  if (!only.length) return []
  const json = join(work, `${half}.json`), port = Number(options.port) + half * 500
  const words = [join(recordings, 'run.mjs'), 'check', '--start', join(recordings, 'ascent.sh'), '--only', only.join(','), '--port', String(port), '--json', json]
  if (options.postgres) words.push('--postgres', options.postgres)
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let last = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => { last = (last + text).slice(-2000) })
  await new Promise(r => child.once('close', r))
  console.log(`  ${last.trim().split('\n').pop()}`)
  if (existsSync(json)) return JSON.parse(readFileSync(json, 'utf8')).scenarios
  complaints.push(`the runner ended early: ${last}`)
  return []
}
