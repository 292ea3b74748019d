/** The error for a script whose oracle threw: name, message and code, never a stack. The machine limits their lengths. */
import type { ErrorValue } from '@vms/format'

export function errorOf(thrown: unknown): ErrorValue {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === 'string' ? thrown : `not an error: ${typeof thrown}`
    return { name: 'NonError', message, code: null }
  }
  return {
    name: textOf(thrown, 'name') ?? 'Error',
    message: textOf(thrown, 'message') ?? '',
    code: textOf(thrown, 'code'),
  }
}

/** The engine's stack of the error, for the operator. */
export function stackOf(thrown: unknown): string {
  try {
    return thrown instanceof Error && typeof thrown.stack === 'string'
      ? thrown.stack
      : String(thrown)
  } catch {
    return 'an error that cannot be shown'
  }
}

/** Text of a property; null if it has none. */
function textOf(error: Error, name: 'name' | 'message' | 'code'): string | null {
  let value: unknown
  try {
    value = (error as unknown as Record<string, unknown>)[name]
  } catch {
    return null
  }
  return typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : null
}
