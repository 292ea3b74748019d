/** ETags: whether a visitor already has the current version, as RFC 9110 (13.1.2) compares them. */
import type { IncomingMessage } from 'node:http'

/** Whether one of the tags in `If-None-Match` is this one. A proxy that has packed an answer marks its tag as weak. */
export function hasTag({ headers }: IncomingMessage, etag: string): boolean {
  const asked = headers['if-none-match']
  if (asked === undefined) return false
  return asked.split(',').some((tag) => {
    const plain = tag.trim().replace(/^W\//, '')
    return plain === '*' || plain === etag
  })
}
