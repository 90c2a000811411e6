// Holds an answer against a printed one: what is printed must be there. Ids, times and tokens are holes, and so is everything
// that the print leaves open as {...} or [...].
import assert from 'node:assert/strict'

const hole = '…'

export const printed = text => JSON.parse(text.replace(/\{\.\.\.\}/g, `{ "${hole}": 0 }`).replace(/\[\.\.\.\]/g, `[ "${hole}" ]`))

const isTime = text => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text))
const isId = text => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** @param words paths of sentences and of examples' values, which only have to be of their kind */
export function like(expected, actual, words = [], path = '') {
  const at = path || 'the answer'
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `${at} is no list: ${JSON.stringify(actual)}`)
    if (expected[0] === hole) return
    assert.equal(actual.length, expected.length, `${at} has ${actual.length} items: ${JSON.stringify(actual)}`)
    expected.forEach((e, i) => like(e, actual[i], words, `${path}[]`))
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null && !Array.isArray(actual), `${at} is no object: ${JSON.stringify(actual)}`)
    for (const [name, value] of Object.entries(expected)) {
      if (name === hole) continue
      const inner = path ? `${path}.${name}` : name
      assert.ok(name in actual, `${inner} is missing in ${JSON.stringify(actual)}`)
      like(value, actual[name], words, inner)
    }
  } else if (typeof expected === 'string') {
    assert.equal(typeof actual, 'string', `${at} is no text: ${JSON.stringify(actual)}`)
    if (words.includes(path)) assert.notEqual(actual, '', at)
    else if (isTime(expected) || expected === '...' && path.endsWith('_at')) assert.ok(isTime(actual), `${at} is no time: ${actual}`)
    else if (/(^|\.|\[\]\.)id$/.test(path) && !path.startsWith('error')) assert.ok(isId(actual), `${at} is no id: ${actual}`)
    else if (expected.endsWith('...')) assert.ok(actual.startsWith(expected.slice(0, -3)), `${at} does not begin with ${expected}: ${actual}`)
    else assert.equal(actual, expected, at)
  } else assert.deepEqual(actual, expected, at)
}

/** The JSON members of a Go struct: { name, type, optional }; `hidden` are the fields that no JSON has. */
export function struct(text) {
  const fields = [...text.matchAll(/^\s+(\w+)\s+([\w.*[\]]+)\s+`json:"([^"]+)"`/gm)].map(([, field, type, tag]) => ({ field, type, name: tag.split(',')[0], optional: tag.includes('omitempty') }))
  assert.ok(fields.length, 'the struct has no fields')
  return { members: fields.filter(f => f.name !== '-'), hidden: fields.filter(f => f.name === '-') }
}

const kinds = { 'uuid.UUID': isId, bool: v => typeof v === 'boolean', 'time.Time': isTime, string: v => typeof v === 'string', '*string': v => v === null || typeof v === 'string' }

/** An object has the members of a struct, each of its type. */
export function hasMembers(members, actual) {
  for (const { name, type, optional } of members) {
    if (optional && !(name in actual)) continue
    assert.ok(name in actual, `${name} is missing in ${JSON.stringify(actual)}`)
    const value = actual[name]
    const is = kinds[type] ?? (type.startsWith('[]') || type.endsWith('Methods') ? Array.isArray : type.startsWith('*') ? v => v === null || typeof v === 'object' : v => typeof v === 'string')
    assert.ok(is(value), `${name} is no ${type}: ${JSON.stringify(value)}`)
  }
}
