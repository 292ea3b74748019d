/** Errors of the encoder: path and message. Self-contained: see `value-realm.ts`. */
import type { MakeValueError, ValueProblem } from './value-error.ts'
import type { ValueRealm } from './value-realm.ts'

/** Refuses the value that is being written. */
export type FailToEncode = (code: 'unsupported' | 'large' | 'deep', found: string) => never

export function createValueFaults(realm: ValueRealm, makeError: MakeValueError) {
  const { charCodeAt, quote, sliceText } = realm
  /** UTF-16 units of a key or a class name in an error. */
  const shownUnits = 64

  /** The containers through which an error passes on its way out. `rest`: the path from the container on. */
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

  /** Each container calls it with an error that passes through at `step`. Errors that are not ours (from a proxy's trap) stay unchanged. */
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
    // A cycle first shows as an exceeded limit. Then the same container stands on the trail twice.
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
