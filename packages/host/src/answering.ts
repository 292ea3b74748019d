/** Answers HTTP requests: what the host says of itself, the pages of whoever operates it, files that are served, and its own page. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DESCRIPTION_PATH, type Description } from './description.ts'
import type { FolderFiles } from './folder-files.ts'
import { answerOperating, type OperatingPages } from './operating/pages.ts'
import { answerPage, isOfPage } from './page.ts'

/** What is there to be read. */
export interface Readable {
  readonly description: Description
  /** What the host signs of itself, by path; null for another path. */
  readonly statements?: (path: string) => Description | null
  /** Files that the operator serves, by path. Never rejects. */
  readonly files?: FolderFiles
}

/** `site`: null while there is none yet, or none any more. */
export function answerRequest(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { site, pages }: { readonly site: Readable | null; readonly pages: OperatingPages },
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
  } else if (answerOperating(path, response, pages)) {
    return
  } else if (!site) {
    response.writeHead(503, { 'retry-after': '1' }).end()
  } else if (path === DESCRIPTION_PATH) {
    site.description.answer(request, response)
  } else {
    const statement = site.statements?.(path)
    if (statement) statement.answer(request, response)
    else void answerFile(path, request, response, site)
  }
}

/**
 * A file of the folders that the operator serves, else of the page that every host has. The page has a path of its own: nobody
 * who serves a site takes it away from visitors.
 */
async function answerFile(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  site: Readable,
): Promise<void> {
  if (isOfPage(path) && answerPage(path, request, response)) return
  const file = (await site.files?.(path)) ?? null
  if (file) {
    response.writeHead(200, file.headers).end(file.body)
  } else if (!answerPage(path, request, response)) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(
      'This is a VMS host. It says what it serves at /.well-known/vms.json and takes calls over WebSocket.\n',
    )
  }
}
