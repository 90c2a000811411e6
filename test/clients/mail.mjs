// Receives mail over SMTP (RFC 5321), as much of it as a courier needs, and keeps it.
import { createServer } from 'node:net'
import { until } from './ascent.mjs'

export async function startMail() {
  const letters = []
  const server = createServer(socket => {
    let rest = '', lines = null, to = []
    const say = line => socket.write(`${line}\r\n`)
    const heard = line => {
      if (lines) {
        if (line !== '.') return lines.push(line.startsWith('.') ? line.slice(1) : line)
        letters.push({ to, at: Date.now(), text: readable(lines.join('\r\n')) })
        lines = null
        to = []
        return say('250 kept')
      }
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'RCPT') to.push(/<(.*?)>/.exec(line)?.[1])
      if (verb === 'DATA') { lines = []; return say('354 go on') }
      if (verb === 'QUIT') { say('221 bye'); return socket.end() }
      say(verb === 'EHLO' ? '250-here\r\n250 8BITMIME' : '250 fine')
    }
    socket.on('error', () => {})
    socket.on('data', bytes => {
      rest += bytes.toString('utf8')
      const all = rest.split('\r\n')
      rest = all.pop()
      all.forEach(heard)
    })
    say('220 here')
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  return {
    letters,
    url: `smtp://127.0.0.1:${server.address().port}/?disable_starttls=true`,
    /** What `pattern` captures in the newest letter to somebody that came after `since`. */
    find: (to, pattern, since = 0) => until(() => letters.filter(l => l.at >= since && l.to.includes(to)).reverse().map(l => pattern.exec(l.text)?.[1]).find(Boolean), 10_000, () => `no letter to ${to} with ${pattern}; there are letters to ${letters.map(l => l.to).join(', ') || 'nobody'}`),
    close: () => new Promise(r => server.close(r)),
  }
}

/** A letter's parts with their transfer encodings (RFC 2045) undone. */
function readable(letter) {
  return letter.split(/\r\n(?=--)/).map(part => {
    const cut = part.indexOf('\r\n\r\n'), head = part.slice(0, cut), body = part.slice(cut + 4)
    if (/^content-transfer-encoding:\s*base64/im.test(head)) return `${head}\n\n${Buffer.from(body, 'base64').toString('utf8')}`
    if (/^content-transfer-encoding:\s*quoted-printable/im.test(head)) return `${head}\n\n${Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8')}`
    return part
  }).join('\n')
}
