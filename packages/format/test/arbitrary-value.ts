/** Arbitrary values for the property tests: everything that has an encoding, the awkward cases often. */
import type { Value } from '@vms/format'
import fc from 'fast-check'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'a'.repeat(31), 'a'.repeat(32), 'é'.repeat(16), '\u0000', '\uffff', '😀'),
)

const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then'),
  fc.constantFrom('0', '1', '10', '00', '-1', '4294967294', '4294967295', '1.5'),
)

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc
    .tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1, -1))
    .map(([bits, offset, sign]) => sign * (2 ** bits + offset)),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
)

const bigint = fc.oneof(
  fc.bigInt(),
  fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.bigInt({ min: -2n, max: 2n }), fc.boolean())
    .map(([bits, offset, negative]) => (negative ? -1n : 1n) * (2n ** BigInt(bits) + offset)),
)

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(null, undefined, true, false),
  number,
  text,
  bigint,
  fc.uint8Array({ maxLength: 40 }),
  fc.date({ noInvalidDate: false }),
)

/** An object with exactly these own data properties, `__proto__` among them. */
export function objectOf(entries: readonly (readonly [string, Value])[]): { [key: string]: Value } {
  const object = {}
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
  return object
}

/** Any value that has an encoding. */
export const arbitraryValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => {
  const value = tie('value')
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(value, { maxLength: 20 }),
      fc.array(fc.tuple(key, value), { maxLength: 20 }).map(objectOf),
      fc.array(fc.tuple(value, value), { maxLength: 8 }).map((entries) => new Map(entries)),
      fc.array(value, { maxLength: 8 }).map((members) => new Set(members)),
    ),
  }
}).value

/** Whether two values are the same down to −0, classes, keys and every order: what no matcher of the test runner tells. */
export function sameValue(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime())
  const left = contentOf(a)
  const right = contentOf(b)
  return left.length === right.length && left.every((item, i) => sameValue(item, right[i]))
}

/** What a container holds, keys and values by turns. */
function contentOf(value: object): Value[] {
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value as Value[]
  if (value instanceof Set) return [...(value as Set<Value>)]
  const entries: Iterable<[Value, Value]> = value instanceof Map ? value : Object.entries(value)
  const items: Value[] = []
  for (const [key, item] of entries) items.push(key, item)
  return items
}
