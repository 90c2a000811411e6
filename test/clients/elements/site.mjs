// Builds the page and serves it on a port of its own; the path says which flow is shown.
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))

export async function startSite() {
  const built = await build({
    entryPoints: [join(here, 'page.jsx')], bundle: true, write: false, outdir: '/', minify: true, format: 'iife', platform: 'browser', jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' }, loader: { '.woff2': 'dataurl', '.svg': 'dataurl' }, logLevel: 'error',
  })
  const files = new Map(built.outputFiles.map(f => [f.path, f.contents]))
  const site = { ascentUrl: '', url: '', close: () => new Promise(r => { server.close(r); server.closeAllConnections() }) }
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://site')
    const file = files.get(pathname)
    if (file) answer.writeHead(200, { 'content-type': pathname.endsWith('.css') ? 'text/css' : 'text/javascript' }).end(file)
    else if (pathname.includes('.')) answer.writeHead(404).end()
    else answer.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Clients</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"><style>body { margin: 2rem auto; max-width: 40rem; font-family: sans-serif }</style>
<div id="root"></div><script>window.ascentUrl = ${JSON.stringify(site.ascentUrl)}</script><script src="/page.js"></script></html>`)
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  site.url = `http://localhost:${server.address().port}`
  return site
}
