/** A static server: one folder, a strict Content-Security-Policy, nothing else. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { onTestFinished } from 'vitest'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
}

/** No script of others, no inline script, no evaluation; connections to any host, since the service may be anywhere. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; connect-src *; base-uri 'none'; form-action 'none'"

/** Serves the folders at their paths (`/` and below) and resolves with the port. Ends with its test. */
export async function serveSite(folders: Readonly<Record<string, string>>): Promise<number> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const at = Object.keys(folders)
      .filter((path) => pathname.startsWith(path))
      .sort((a, b) => b.length - a.length)[0]
    const rest = pathname.slice((at ?? '').length)
    const file = at && join(folders[at] as string, normalize(`/${rest || 'index.html'}`))
    try {
      const body = await readFile(file as string)
      response.writeHead(200, {
        'content-type': TYPES[extname(file as string)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
      })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
