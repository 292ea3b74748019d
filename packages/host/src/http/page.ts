/** The page at `/explorer/`, and at `/` where nothing else is: the explorer's files, as they are. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { explorerFile } from '@vms/explorer'
import { hasTag } from './etag.ts'

/** Where it is in any case. */
const FOLDER = '/explorer'

/** Whether a path is the page's, whatever else the host serves. */
export const isOfPage = (path: string): boolean => path === FOLDER || path.startsWith(`${FOLDER}/`)

/** Answers if there is a file of the page at `path`; whether there is. */
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
    // Without its last slash (also that of a host that is mounted on a path) what the page names would not be found.
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
