/**
 * Records as bytes, written out once more, apart from the package: arrays of their fields in order, whatever the fields are. So the vectors
 * can hold records that the package would not write.
 */
import { encodeValue, type Value } from '@vms/format'

/** The names that the format encodes as numbers, by the field that holds them. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  type: ['genesis', 'boot', 'init', 'calls', 'alarm'],
  status: ['returned', 'thrown', 'aborted', 'skipped'],
}

/** The value that a record is in the bytes. A Map, a Set or a Date stays what it is. */
function positional(value: unknown, field = ''): Value {
  if (Array.isArray(value)) return value.map((item) => positional(item))
  if (typeof value === 'string' && NUMBERS[field]?.includes(value))
    return NUMBERS[field].indexOf(value)
  if (typeof value !== 'object' || value === null) return value as Value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value as Value
  return Object.entries(value).map(([name, item]) => positional(item, name))
}

/** Bytes of a record, right or wrong. */
export const encodePositional = (record: unknown): Uint8Array =>
  encodeValue(positional(record), { maxBytes: 2 ** 24 })
