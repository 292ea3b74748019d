/**
 * The operator's pages of a host: `/livez` (the process works), `/readyz` (it takes calls), and `/metrics` if the options ask for it.
 * For readers of a service: how long its requests took.
 */
import type { ServerResponse } from 'node:http'
import type { Latency } from './latency.ts'
import type { Metrics } from './metrics.ts'

export interface OperatingPages {
  /** Why the host takes no calls at present; null if it takes calls. */
  unready(): string | null
  /** Null if the host serves no metrics. */
  readonly metrics: Pick<Metrics, 'contentType' | 'text'> | null
  readonly latency: Pick<Latency, 'rows'>
  /** Called with an error of one answer. */
  readonly onError: (error: Error) => void
}

/** Answers if `path` is one of the pages. Returns whether it is. */
export function answerOperating(
  path: string,
  response: ServerResponse,
  { unready, metrics, latency, onError }: OperatingPages,
): boolean {
  switch (path) {
    case '/livez':
      say(response, 200, 'alive')
      return true
    case '/readyz': {
      const why = unready()
      say(response, why === null ? 200 : 503, why ?? 'ready')
      return true
    }
    case '/metrics': {
      if (!metrics) return false
      metrics.text().then(
        (text) => response.writeHead(200, head(metrics.contentType)).end(text),
        (error: Error) => {
          onError(error)
          say(response, 500, 'the metrics cannot be read')
        },
      )
      return true
    }
    default: {
      const id = /^\/\.well-known\/vms\/(\w{52})\/latency\.json$/.exec(path)?.[1]
      if (id === undefined) return false
      const body = { version: 1, minutes: latency.rows(id) }
      response.writeHead(200, head('application/json')).end(`${JSON.stringify(body)}\n`)
      return true
    }
  }
}

const head = (type: string) => ({ 'content-type': type, 'cache-control': 'no-store' })

const say = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, head('text/plain; charset=utf-8')).end(`${text}\n`)
}
