/** A value that does not fit its shape. The code that detects it makes the error, and the outer shapes add the path. */

export class Misfit {
  readonly kind: 'record' | 'unsupported' | 'large' | 'deep'
  readonly reason: string
  /** Path from the record on, such as `.outcomes[2].status`. */
  path = ''

  constructor(kind: Misfit['kind'], reason: string) {
    this.kind = kind
    this.reason = reason
  }
}

/** Makes the error. `path`: from the shape that detected it to the value. */
export function misfit(reason: string, path = ''): Misfit {
  const found = new Misfit('record', reason)
  found.path = path
  return found
}

/** Passes an error outward through a field or an item. A misfit gets the step, any other error stays unchanged. */
export function within(error: unknown, step: string): unknown {
  if (error instanceof Misfit) error.path = step + error.path
  return error
}
