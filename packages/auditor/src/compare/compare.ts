/** Finds the first difference between two values, and shows both sides there. */
import { decodeValue, encodeValue, sameBytes, toHex, type Value } from '@vms/format'

/** The first difference between two values. */
export interface Difference {
  /** Such as `$.guests[3].name`. */
  readonly path: string
  readonly expected: string
  readonly got: string
}

/** Compares two encoded values. Null if they are the same bytes. */
export function compareEncoded(expected: Uint8Array, got: Uint8Array): Difference | null {
  if (sameBytes(expected, got)) return null
  const a = read(expected)
  const b = read(got)
  if (!a || !b)
    return {
      path: '$',
      expected: a ? showValue(a.value) : toHex(expected),
      got: b ? showValue(b.value) : `bytes that are no value: ${toHex(got)}`,
    }
  return compareValues(a.value, b.value, '$')
}

function read(bytes: Uint8Array): { value: Value } | null {
  try {
    return { value: decodeValue(bytes) }
  } catch {
    return null
  }
}

/** Compares two values of the same realm. Null if they encode to the same bytes. */
export function compareValues(expected: Value, got: Value, path: string): Difference | null {
  if (sameBytes(encodeValue(expected), encodeValue(got))) return null
  const here: Difference = { path, expected: showValue(expected), got: showValue(got) }
  if (Array.isArray(expected) && Array.isArray(got)) {
    const length = Math.min(expected.length, got.length)
    for (let i = 0; i < length; i++) {
      const difference = compareValues(expected[i] as Value, got[i] as Value, `${path}[${i}]`)
      if (difference) return difference
    }
    return here
  }
  if (isMap(expected) && isMap(got)) {
    const names = Object.keys(expected)
    if (names.join('\0') !== Object.keys(got).join('\0')) return here
    for (const name of names) {
      const difference = compareValues(
        expected[name] as Value,
        got[name] as Value,
        `${path}.${name}`,
      )
      if (difference) return difference
    }
  }
  return here
}

const isMap = (value: Value): value is { [key: string]: Value } =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** A value as text for a report: JSON where it is JSON, else the kind and its bytes. */
export function showValue(value: Value): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0'
  if (value instanceof Uint8Array) return `bytes ${toHex(value)}`
  if (value instanceof Date || value instanceof Map || value instanceof Set)
    return `${value.constructor.name} ${toHex(encodeValue(value))}`
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'bigint'
        ? `${part}n`
        : part instanceof Uint8Array
          ? `bytes ${toHex(part)}`
          : part,
    ) ?? 'undefined'
  )
}
