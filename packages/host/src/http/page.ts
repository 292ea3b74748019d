/** The page at `/explorer/`, and at `/` if nothing else is there: the explorer's files, unchanged. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { explorerFile } from '@vms/explorer'
import { hasTag } from './etag.ts'

/** Path at which the page always is. */
const FOLDER = '/explorer'

/** Whether a path always belongs to the page, whatever else the host serves. */
export const isOfPage = (path: string): boolean => path === FOLDER || path.startsWith(`${FOLDER}/`)

/** Answers with the page's file at `path`. Returns whether there is one. */
export function answerPage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const file = explorerFile(path === FOLDER ? `${FOLDER.slice(1)}/` : path.slice(1))
  if (!file) return false
  const { headers } = file
  const asked = (request.url ?? '').replace(/\?.*$/s, '')
  if ((path === '/' || path === FOLDER) && !asked.endsWith('/')) {
    // Redirect to the path with its last slash (also for a host mounted on a path): without it, the page's links lead elsewhere.
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
