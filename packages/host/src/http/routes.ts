/** Answers HTTP requests: the description of the host, its operator's pages, the files that it serves, and its own page. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerOperating, type OperatingPages } from '../operations/pages.ts'
import { DESCRIPTION_PATH, type Description, type Stated } from './description.ts'
import type { FolderFiles } from './folder-files.ts'
import { answerPage, isOfPage } from './page.ts'
import type { PageTransfers } from './page-transfers.ts'

/** The content that a host serves to readers. */
export interface Readable {
  readonly description: Description
  /** The signed statement for a visitor, by path; null for another path. */
  readonly statements?: (path: string, visitor: string | null) => Stated<Description> | null
  /** The operator's files, by path. Never rejects. */
  readonly files?: FolderFiles
}

export interface RouteParts {
  /** Null before the host serves, and after its end. */
  readonly site: Readable | null
  readonly pages: OperatingPages
  readonly transfers: PageTransfers
  /** Address of the visitor; null for this machine. */
  readonly visitor: string | null
}

export function answerRequest(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { site, pages, transfers, visitor }: RouteParts,
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
    const stated = site.statements?.(path, visitor)
    if (!stated) void answerFile(path, request, response, { site, transfers, visitor })
    else if ('statement' in stated) stated.statement.answer(request, response)
    else later(response, 429, STATEMENTS, stated.waitMs)
  }
}

const STATEMENTS =
  'your address asked for more signed statements than this host gives one address in a minute'

const PAGES = 'this host sends as many files as it does at one time'

function later(response: ServerResponse, status: 429 | 503, why: string, waitMs: number): void {
  const seconds = Math.ceil(waitMs / 1_000)
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'retry-after': String(seconds),
  })
  response.end(`${why}; come back in ${seconds} s\n`)
}

/**
 * Answers with a file of the operator's folders, else of the host's own page. The page also has a path of its own, so an operator's
 * site cannot hide it.
 */
async function answerFile(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  {
    site,
    transfers,
    visitor,
  }: Pick<RouteParts, 'transfers' | 'visitor'> & { readonly site: Readable },
): Promise<void> {
  if (isOfPage(path) && answerPage(path, request, response)) return
  const transfer = site.files ? transfers.begin(visitor) : null
  if (site.files && !transfer) {
    later(response, 503, PAGES, 1_000)
    return
  }
  response.once('close', () => transfer?.release())
  const file = (await site.files?.(path, (bytes) => transfer?.reserve(bytes) ?? false)) ?? null
  if (file === 'busy') {
    later(response, 503, PAGES, 1_000)
  } else if (file) {
    response.writeHead(200, file.headers).end(file.body)
  } else if (!answerPage(path, request, response)) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(
      'This is a VMS host. It says what it serves at /.well-known/vms.json and takes calls over WebSocket.\n',
    )
  }
}
