/**
 * The description that a host serves at `/.well-known/vms.json`. The host creates it at the first request after a change, and keeps it
 * until the next change: a thousand services take some hundred KiB, and pages ask again and again. A visitor that has the current
 * version gets `304 Not Modified`.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasTag } from './etag.ts'

export const DESCRIPTION_PATH = '/.well-known/vms.json'

interface Made {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export class Description {
  #describe: () => unknown
  #made: Made | null = null

  /** `describe`: returns the present content. */
  constructor(describe: () => unknown) {
    this.#describe = describe
  }

  /** Call when the content has changed. */
  changed(): void {
    this.#made = null
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#made ??= make(this.#describe())
    const { body, headers } = this.#made
    if (hasTag(request, headers['etag'] as string)) response.writeHead(304, headers).end()
    else response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
  }
}

function make(description: unknown): Made {
  const body = Buffer.from(`${JSON.stringify(description, null, 2)}\n`)
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      etag: `"${hash}"`,
      // A browser may keep it but must revalidate it: the services change at any moment.
      'cache-control': 'no-cache',
    },
  }
}

/** A statement, or the milliseconds until the host signs the next one for the asking address. */
export type Stated<T> = { readonly statement: T } | { readonly waitMs: number }
