/**
 * The child's own clock. On the first use of `performance`, Node loads the modules behind it. That takes a thirtieth of a machine's start.
 */
import process from 'node:process'

/** Milliseconds, with fractions, of a monotonic clock. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
