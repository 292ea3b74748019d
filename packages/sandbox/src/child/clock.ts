/**
 * The child's own clock. Node loads what `performance` is made of when it is first named, and that takes a thirtieth of the time in
 * which a machine starts.
 */
import process from 'node:process'

/** Milliseconds, with fractions, since some moment in the past; never goes back. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
