/** Errors of writing a value: the path, and the message. Self-contained: see `value-realm.ts`. */
import type { MakeValueError, ValueProblem } from './value-error.ts'
import type { ValueRealm } from './value-realm.ts'

/** Refuses what is being written. */
export type FailToEncode = (code: 'unsupported' | 'large' | 'deep', found: string) => never

export function createValueFaults(realm: ValueRealm, makeError: MakeValueError) {
  const { charCodeAt, quote, sliceText } = realm
  /** UTF-16 units of a key or of the name of a class that an error shows. */
  const shownUnits = 64

  /** The containers that a fault passes on its way out; `rest` is the path from the container on. */
  type Trail = { container: object; rest: string; inner: Trail | null }
  type Fault = {
    code: Parameters<FailToEncode>[0]
    found: string
    rest: string
    trail: Trail | null
  }

  let fault: Fault | null = null

  function fail(code: Fault['code'], found: string): never {
    fault = { code, found, rest: '', trail: null }
    throw fault
  }

  /** Called by each container with an error that passes it, at `step`. Errors that are not ours (from a trap of a proxy) stay as they are. */
  function outward(error: unknown, container: object, step: string): unknown {
    if (fault !== null && error === fault) {
      fault.rest = step + fault.rest
      fault.trail = { container, rest: fault.rest, inner: fault.trail }
    }
    return error
  }

  /** A key as a step of a path: `.name`, or `["any text"]`. */
  function keyStep(key: string): string {
    for (let i = 0; i < key.length; i++) {
      const unit = charCodeAt(key, i)
      const letter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a
      const digit = unit >= 0x30 && unit <= 0x39 && i > 0
      if (!letter && !digit && unit !== 0x5f && unit !== 0x24) return `[${quote(cut(key))}]`
    }
    return key === '' ? '[""]' : `.${cut(key)}`
  }

  function cut(text: string): string {
    return text.length > shownUnits ? `${sliceText(text, 0, shownUnits)}…` : text
  }

  /** The error to throw at the outermost level. */
  function explain(error: unknown): unknown {
    if (fault === null || error !== fault) return error
    const { code, found, rest, trail } = fault
    // A cycle shows as a bound that was passed on the way round.
    for (let outer = code === 'unsupported' ? null : trail; outer !== null; outer = outer.inner) {
      for (let inner = outer.inner; inner !== null; inner = inner.inner) {
        if (inner.container !== outer.container) continue
        const path = sliceText(rest, 0, rest.length - inner.rest.length)
        return problem('ERR_VMS_UNSUPPORTED_VALUE', path, 'a cycle', ' has no encoding')
      }
    }
    if (code === 'large') return problem('ERR_VMS_VALUE_TOO_LARGE', rest, found, '')
    if (code === 'deep') return problem('ERR_VMS_VALUE_TOO_DEEP', rest, found, '')
    return problem('ERR_VMS_UNSUPPORTED_VALUE', rest, found, ' has no encoding')
  }

  function problem(code: ValueProblem['code'], rest: string, found: string, why: string): Error {
    const path = `$${rest}`
    const message = `cannot encode ${path}: ${found}${why}`
    return makeError({ code, message, path, found, offset: null, reason: null })
  }

  return { fail: fail as FailToEncode, outward, keyStep, cut, explain }
}
