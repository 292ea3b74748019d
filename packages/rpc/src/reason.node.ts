/** Why a request failed, on Node. */

/** Words for the common reasons. Other reasons keep the platform's text. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name could not be looked up',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that machine',
}

/**
 * Why `fetch` rejected with `error`; empty if unknown. Node wraps the reason. For a name with several addresses it wraps one reason for
 * each.
 */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  if (!(inner instanceof Error)) return ''
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
  return reasons[code] ?? inner.message
}
