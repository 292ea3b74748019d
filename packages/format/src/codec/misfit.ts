/** What does not fit a shape: made where it is found, and given its path on the way out. */

export class Misfit {
  readonly kind: 'record' | 'unsupported' | 'large' | 'deep'
  readonly reason: string
  /** From the record on, such as `.outcomes[2].status`. */
  path = ''

  constructor(kind: Misfit['kind'], reason: string) {
    this.kind = kind
    this.reason = reason
  }
}

/** A value that its shape does not allow. `path` leads to it from where it was found. */
export function misfit(reason: string, path = ''): Misfit {
  const found = new Misfit('record', reason)
  found.path = path
  return found
}

/** An error that passes a field or an item on its way out: a misfit gets the step, any other error stays as it is. */
export function within(error: unknown, step: string): unknown {
  if (error instanceof Misfit) error.path = step + error.path
  return error
}
