// Every configuration, request, answer and piece of code that the five documents print is a test that runs it as printed. What
// cannot be is listed: waiting.json names the feature that a block waits for, never.json says why a block, or a part of one, is
// not meant to hold. A block that nothing accounts for fails, and so does an entry without a block or one that holds after all.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { databases } from '../clients/ascent.mjs'
import { allBlocks, areHere, strays } from './blocks.mjs'
import { features } from './features.mjs'
import kratosSessions from './kratos-sessions.mjs'
import olympus from './olympus.mjs'
import { servers } from './servers.mjs'

const list = name => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
const waiting = list('waiting.json'), never = list('never.json'), cases = [...kratosSessions, ...olympus]
const key = b => `${b.document} / ${b.heading} / ${b.hash}`

if (!areHere) {
  const missing = 'the documents (../shared/spec/documents) are not here'
  it('what the documents print', { skip: process.env.CI === 'true' ? false : missing }, () => assert.fail(missing))
} else {
  const blocks = new Map(allBlocks().map(b => [key(b), b]))

  describe('the lists and the tests', () => {
    const wholly = [...waiting, ...never.filter(n => !n.part)], all = [...cases, ...waiting, ...never]
    for (const [k, block] of blocks) {
      const accounted = [...cases, ...wholly].filter(e => key(e) === k)
      if (accounted.length !== 1) it(k, () => assert.fail(`${accounted.length === 0 ? 'no test runs it and no list has it' : 'it is accounted for more than once'}:\n${block.text}`))
    }
    it('nothing that looks like code is outside of the blocks', () => assert.deepEqual(strays(), []))
    it('every entry is a block of a document', () => assert.deepEqual(all.map(key).filter(k => !blocks.has(k)), []))
    it('every listed block says why', () => {
      assert.deepEqual(waiting.filter(w => !features[w.feature]).map(key), [], 'features.mjs does not know the feature')
      assert.deepEqual(never.filter(n => !n.reason).map(key), [])
      assert.deepEqual(never.filter(n => n.part && !cases.some(c => key(c) === key(n))).map(key), [], 'a part of a block that has no test')
    })
  })

  // Most of the time is waiting for servers, so both go at once.
  describe('the blocks', { concurrency: databases.length }, () => {
    for (const database of databases) {
      const title = `what the documents print, on ${database.name}`
      if (database.skip) it(title, { skip: database.skip })
      else describe(title, { concurrency: 1 }, () => {
        let running
        before(() => { running = servers(database) })
        after(() => running?.stop())

        for (const one of cases.filter(c => !c.once || database === databases[0])) {
          it(`${key(one)}: ${one.name}`, async t => {
            const block = blocks.get(key(one))
            if (!block) return t.skip('the block is not there, which another test tells')
            const parts = new Set(never.filter(n => n.part && key(n) === key(one)).map(n => n.part))
            await one.run({
              text: block.text, textOf: hash => [...blocks.values()].find(b => b.document === one.document && b.hash === hash).text,
              server: (name, text = block.text) => running.get(name, text),
              /** A part that is listed in never.json, which must not hold; one that is not listed must. */
              holds(part, check) {
                if (!parts.delete(part)) return check()
                assert.throws(check, assert.AssertionError, `${part} is in never.json, and holds`)
              },
            })
            assert.deepEqual([...parts], [], 'never.json lists a part that the test does not know')
          })
        }
        for (const feature of new Set(waiting.map(w => w.feature)))
          it(`still waiting for: ${feature}`, async () => assert.ok(!await features[feature]?.(await running.get('main')), `${feature} is there: the blocks that wait for it need their tests`))
      })
    }
  })
}
