// Finds what a document prints: configurations, requests, answers, code. The documents are pages saved as text, so that nothing
// marks a block; a line is one by its looks, and a bracket that is open goes on to where it closes.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/spec/documents')
export const areHere = existsSync(folder)

const begins = [
  /^(GET|POST|PUT|PATCH|DELETE) \//, // a request
  /^(Set-Cookie|Cookie|Authorization|X-Session-Token): /, // a header
  /^[a-z_]+(\.[a-z_]+)*:(\s|$)/, // YAML, or a line of an answer
  /^[[\]{}]/, // JSON
  /^(type|func) \w.*\{$|^func \(/, // Go
  /^(const|let|var|async|await|function|try|if|for|return|throw|import|export|class|using)\b.*[({;,'`]/, // JavaScript, C#
  /^\/\/ /, // a comment
  /^(curl|npm|dotnet|kubectl|docker|\$) /, // a shell
]
const bullet = /^ {2}• ((?:[a-z_]+\.)+[a-z_]+: .*)$/ // a key with its value, in a list
const glued = /([a-z}])([A-Z][a-z]+(?: [a-z(]+){2,}.*)$/ // where the page lost the line break between a block and the sentence behind it

const indented = line => /^\s+\S/.test(line) && !/^\s+(•|\d+\.)\s/.test(line)
const depth = text => {
  const plain = text.replace(/\/\/.*$/gm, '').replace(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g, '')
  return (plain.match(/[([{]/g)?.length ?? 0) - (plain.match(/[)\]}]/g)?.length ?? 0)
}

/** All blocks of one document, in their order: { document, heading, hash, text }; and the lines that are in none. */
export function blocksOf(document, text) {
  const lines = text.split(/\r?\n/), found = [], rest = []
  let heading = document
  const keep = block => {
    const whole = block.join('\n').trimEnd()
    found.push({ document, heading, hash: createHash('sha256').update(whole).digest('hex').slice(0, 8), text: whole })
  }
  for (let i = 0; i < lines.length;) {
    const item = bullet.exec(lines[i])
    if (item) {
      const list = []
      for (let m; i < lines.length && (m = bullet.exec(lines[i])); i++) list.push(m[1])
      keep(list)
      continue
    }
    if (!begins.some(b => b.test(lines[i]))) {
      if (isHeading(lines[i], lines[i - 1], lines[i + 1])) heading = lines[i].trim()
      rest.push(lines[i++])
      continue
    }
    const block = []
    for (let first = true; i < lines.length; first = false) {
      const open = depth(block.join('\n')) > 0, line = lines[i]
      if (!first && !open && !goesOn(block, line, lines.slice(i + 1).find(l => l.trim()))) break
      const cut = open && depth([...block, line].join('\n')) > 0 ? null : glued.exec(line)
      if (cut) {
        block.push(line.slice(0, cut.index + 1))
        lines[i] = cut[2] // the sentence is read as the next line
        break
      }
      block.push(line)
      i++
    }
    keep(block)
  }
  return { found, rest }
}

/** Whether the block goes on with a line: never into another request or answer. */
function goesOn(block, line, next) {
  const request = /^(GET|POST|PUT|PATCH|DELETE) \//.test(block[0])
  if (!line.trim()) return !request && !!next && !/^[[{]/.test(block[0]) && (indented(next) || isCode(block) && begins.slice(5, 7).some(b => b.test(next)))
  if (indented(line)) return true
  if (request) return begins[1].test(line)
  if (begins[1].test(block[0]) || /^[[{]/.test(block[0])) return false
  return begins.slice(2).some(b => b.test(line)) || isCode(block) && /^[\w.]+[(.=]|^\}/.test(line)
}

const isCode = block => begins.slice(4, 7).some(b => b.test(block[0]))

const isHeading = (line, before, after) => /^[A-Z0-9]/.test(line) && line.length < 70 && !/[.:;,]$/.test(line) && (before === undefined || !before.trim() || !after?.trim() || /^(How|When|User|App)/.test(line))

const texts = () => readdirSync(folder).filter(f => f.endsWith('.txt')).sort().map(f => blocksOf(f.slice(0, -4), readFileSync(join(folder, f), 'utf8')))

/** The blocks of all documents. */
export const allBlocks = () => texts().flatMap(t => t.found)

/** Lines outside of all blocks that look like code all the same: then the rules above miss something. */
export const strays = () => texts().flatMap(t => t.rest).filter(line => /[{}`]|=>|^\s*(GET|POST|PUT|PATCH|DELETE) |^\s+[\w-]+:|[;,]$|^\s*[\w.]+( = |\()/.test(line))

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const b of allBlocks()) console.log(`--- ${b.document} / ${b.heading} / ${b.hash}\n${b.text}`)
