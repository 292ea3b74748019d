/** The page at `/`: the explorer's files, as they are. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { explorerFile } from '@vms/explorer'
import { hasTag } from './etag.ts'

/** Answers if there is a file of the page at `path`; whether there is. */
export function answerPage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const file = explorerFile(path.slice(1))
  if (!file) return false
  const { headers } = file
  const asked = (request.url ?? '').replace(/\?.*$/s, '')
  if (path === '/' && !asked.endsWith('/')) {
    // Mounted on a path, and asked for without its last slash: what the page names would not be found.
    response.writeHead(308, { location: `${asked.slice(asked.lastIndexOf('/') + 1)}/` }).end()
    return true
  }
  if (hasTag(request, headers['etag'] as string)) {
    response.writeHead(304, headers).end()
    return true
  }
  const packed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = packed ? file.gzip : file.body
  response.writeHead(200, {
    ...headers,
    ...(packed && { 'content-encoding': 'gzip' }),
    'content-length': body.length,
  })
  response.end(body)
  return true
}
