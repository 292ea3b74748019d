/** Bytes that results take in an entry. A machine limit bounds them, so these sums are part of its semantics. */
import type { CallResult, ErrorValue, OracleUse } from '../protocol/types.ts'

/** Bytes of a value or an error, and of all uses of oracles. */
export function resultBytes({ value, error, oracles }: CallResult): number {
  let bytes = valueBytes(value) + errorBytes(error)
  for (const use of oracles) bytes += useBytes(use)
  return bytes
}

/** Bytes of the name in UTF-8, of the arguments, and of the result or the error. */
export function useBytes({ name, args, value, error }: OracleUse): number {
  return Buffer.byteLength(name) + args.byteLength + valueBytes(value) + errorBytes(error)
}

function valueBytes(value: Uint8Array | null): number {
  return value === null ? 0 : value.byteLength
}

/** Name, message and code in UTF-8. */
function errorBytes(error: ErrorValue | null): number {
  if (error === null) return 0
  return (
    Buffer.byteLength(error.name) +
    Buffer.byteLength(error.message) +
    Buffer.byteLength(error.code ?? '')
  )
}
