/**
 * A trace: the questions of a call to the host, in order, each with its answer and the script's line. It shows where two runs of a call
 * diverge. A machine records it only on request.
 */
import type { TraceStep } from '../protocol/types.ts'
import type { HostFunction } from './engine.ts'
import { createHash } from './hash.ts'
import type { SharedMemory } from './shared-memory.ts'

/** Operations that report how a call ends. The call's outcome holds their contents. */
const untraced: ReadonlySet<string> = new Set([
  'thrown',
  'report',
  'method',
  'abort',
  'refuse',
  'place',
])

/** Digits of a digest that suffice to tell two steps apart. */
const digestDigits = 16

export function traceHost(
  host: HostFunction,
  memory: () => SharedMemory,
  tell: (step: TraceStep) => void,
): HostFunction {
  return (operation, a, b, c, stack) => {
    // Bytes travel in the shared memory.
    const crosses = operation === 'writeBytes' || operation === 'oracle' || operation === 'alarmAt'
    const bytes = crosses ? memory().takeBytes(b as number) : ''
    const answer = host(operation, a, b, c)
    if (!untraced.has(operation)) {
      const digest = createHash('sha256')
        .update(JSON.stringify([a, b, c, answer]))
        .update(bytes)
        .digest('hex')
        .slice(0, digestDigits)
      const subject = typeof a === 'string' ? a : null
      tell({ operation, subject, digest, stack: typeof stack === 'string' ? stack : '' })
    }
    return answer
  }
}
