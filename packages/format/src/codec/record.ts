/** Encodes and decodes records: one writer and one reader for all shapes. */
import { RecordError } from './errors.ts'
import { Misfit } from './misfit.ts'
import type { RecordReader, Shape } from './schema.ts'
import { ValueError } from './value-error.ts'
import { createValueReader } from './value-reader.ts'
import { createValueRealm } from './value-realm.ts'
import { createValueWriter } from './value-writer.ts'

const realm = createValueRealm()

const writer = createValueWriter(realm, (kind, reason) => {
  throw new Misfit(kind, reason)
})

let sharing = false
const reader: RecordReader = {
  ...createValueReader(realm, (problem) => new ValueError(problem)),
  sharing: () => sharing,
}

const VALUE_CODES = {
  unsupported: 'ERR_VMS_UNSUPPORTED_VALUE',
  large: 'ERR_VMS_VALUE_TOO_LARGE',
  deep: 'ERR_VMS_VALUE_TOO_DEEP',
} as const

/** The error for callers. */
function explained(error: unknown): unknown {
  if (!(error instanceof Misfit)) return error
  const { kind, reason } = error
  const path = `$${error.path}`
  if (kind === 'record') return new RecordError(path, reason)
  const message = `cannot encode ${path}: ${reason}`
  const code = VALUE_CODES[kind]
  return new ValueError({ code, message, path, found: reason, offset: null, reason: null })
}

/**
 * Bytes of a record. Throws {@link RecordError} if a part does not fit the shape, and {@link ValueError} for text without an encoding and
 * for more than `maxBytes`.
 */
export function encodeRecord<T>(shape: Shape<T>, value: T, maxBytes: number): Uint8Array {
  const state = writer.begin(maxBytes)
  try {
    shape.write(writer, value)
    return writer.finish()
  } catch (error) {
    throw explained(error)
  } finally {
    writer.resume(state)
  }
}

/**
 * Decodes a record. Throws {@link RecordError} if a part does not fit the shape, and {@link ValueError} for non-canonical bytes and for
 * more than `maxBytes`. The result's byte strings share memory with `bytes` only with `share`.
 */
export function decodeRecord<T>(
  shape: Shape<T>,
  bytes: Uint8Array,
  { maxBytes, share = false }: { readonly maxBytes: number; readonly share?: boolean },
): T {
  const end = reader.begin(bytes)
  sharing = share
  try {
    if (end > maxBytes) reader.fail('ERR_VMS_VALUE_TOO_LARGE', 0, `more than ${maxBytes} bytes`)
    const value = shape.read(reader)
    const at = reader.position()
    if (at < end) reader.bad(at, 'bytes after the record')
    return value
  } catch (error) {
    throw explained(error)
  } finally {
    reader.release()
  }
}
