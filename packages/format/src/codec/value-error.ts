/** Errors of the value codec: the class for this realm, and plain errors for a script's realm. */
import { FormatError } from './errors.ts'

/** What was wrong. Writing sets `path` and `found`, reading sets `offset` and `reason`. */
export interface ValueProblem {
  readonly code:
    | 'ERR_VMS_UNSUPPORTED_VALUE'
    | 'ERR_VMS_VALUE_TOO_LARGE'
    | 'ERR_VMS_VALUE_TOO_DEEP'
    | 'ERR_VMS_BAD_ENCODING'
  readonly message: string
  readonly path: string | null
  readonly found: string | null
  readonly offset: number | null
  readonly reason: string | null
}

/** Makes the error that the codec throws. */
export type MakeValueError = (problem: ValueProblem) => Error

/**
 * A value that has no encoding (`ERR_VMS_UNSUPPORTED_VALUE`, `…_TOO_LARGE`, `…_TOO_DEEP`), or bytes that are no canonical encoding
 * (`ERR_VMS_BAD_ENCODING`, or one of the bounds).
 */
export class ValueError extends FormatError {
  declare readonly code: ValueProblem['code']
  /** Writing: where the offending part is, such as `$.list[3].name`. */
  readonly path: string | null
  /** Writing: the offending value, such as `a function`. */
  readonly found: string | null
  /** Reading: offset of the byte at which the offending part begins. */
  readonly offset: number | null
  /** Reading: the reason in words. */
  readonly reason: string | null

  constructor(problem: ValueProblem) {
    super(problem.code, problem.message)
    this.path = problem.path
    this.found = problem.found
    this.offset = problem.offset
    this.reason = problem.reason
  }
}

/**
 * Self-contained, like the codec (see `value-encoder.ts`): makes a `makeError` for a realm that has no {@link ValueError}. Its errors are plain ones with
 * the same name and fields.
 */
export function createValueErrorMaker(): MakeValueError {
  const { defineProperty } = Reflect
  const PlainError = Error
  return (problem) => {
    const error = new PlainError(problem.message)
    const give = (name: string, value: unknown) => {
      // Has no prototype; otherwise a `get` on Object.prototype would count as part of the descriptor.
      const property: object = {
        __proto__: null,
        value,
        writable: true,
        enumerable: name !== 'name',
        configurable: true,
      }
      defineProperty(error, name, property)
    }
    give('name', 'ValueError')
    give('code', problem.code)
    give('path', problem.path)
    give('found', problem.found)
    give('offset', problem.offset)
    give('reason', problem.reason)
    return error
  }
}
