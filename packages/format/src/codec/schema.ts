/**
 * Shapes of records: what a decoded value must look like, field by field.
 *
 * A record is a map with exactly the keys that its shape names, in that order. Unknown, missing or reordered keys
 * are refused, so that one record has one encoding and a field cannot be smuggled past an old reader.
 */
import { RecordError } from './errors.ts'

/** Checks a value and returns it, typed; `path` names it in errors. */
export type Shape<T> = (value: unknown, path: string) => T

/** The type that a shape accepts. */
export type Infer<S> = S extends Shape<infer T> ? T : never

type Fields = Record<string, Shape<unknown>>
type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> }

const describe = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : value instanceof Uint8Array
      ? `${value.length} bytes`
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'object'
          ? 'a map'
          : `${typeof value} ${String(value).slice(0, 40)}`

/** A whole number from 0 (or `min`) to `max`. */
export const integer =
  (max: number = Number.MAX_SAFE_INTEGER, min = 0): Shape<number> =>
  (value, path) => {
    if (
      typeof value !== 'number' ||
      !Number.isSafeInteger(value) ||
      value < min ||
      value > max ||
      Object.is(value, -0)
    ) {
      throw new RecordError(
        path,
        `expected a whole number from ${min} to ${max}, got ${describe(value)}`,
      )
    }
    return value
  }

/** Exactly `length` bytes. */
export const bytes =
  (length: number): Shape<Uint8Array> =>
  (value, path) => {
    if (!(value instanceof Uint8Array) || value.length !== length) {
      throw new RecordError(path, `expected ${length} bytes, got ${describe(value)}`)
    }
    return value
  }

/** Up to `max` bytes. */
export const blob =
  (max: number): Shape<Uint8Array> =>
  (value, path) => {
    if (!(value instanceof Uint8Array) || value.length > max) {
      throw new RecordError(path, `expected at most ${max} bytes, got ${describe(value)}`)
    }
    return value
  }

/** A string of at most `max` UTF-16 code units. */
export const text =
  (max: number): Shape<string> =>
  (value, path) => {
    if (typeof value !== 'string' || value.length > max) {
      throw new RecordError(
        path,
        `expected a string of at most ${max} characters, got ${describe(value)}`,
      )
    }
    return value
  }

/** One of the given constants. */
export const oneOf =
  <const T extends readonly (string | number)[]>(...allowed: T): Shape<T[number]> =>
  (value, path) => {
    if (!allowed.includes(value as T[number])) {
      throw new RecordError(path, `expected ${allowed.join(' or ')}, got ${describe(value)}`)
    }
    return value as T[number]
  }

/** true or false. */
export const bool: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean')
    throw new RecordError(path, `expected true or false, got ${describe(value)}`)
  return value
}

/** null, or what `shape` accepts. */
export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path)

/** Only null. */
export const none: Shape<null> = (value, path) => {
  if (value !== null) throw new RecordError(path, `expected null, got ${describe(value)}`)
  return null
}

/** What one of two shapes accepts, chosen by whether `test` holds. */
export const either =
  <A, B>(test: (value: unknown) => boolean, yes: Shape<A>, no: Shape<B>): Shape<A | B> =>
  (value, path) =>
    test(value) ? yes(value, path) : no(value, path)

/** An array of `min` to `max` items of one shape. */
export const list =
  <T>(shape: Shape<T>, max: number, min = 0): Shape<T[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw new RecordError(
        path,
        `expected an array of ${min} to ${max} items, got ${Array.isArray(value) ? `${value.length} items` : describe(value)}`,
      )
    }
    return value.map((item, i) => shape(item, `${path}[${i}]`))
  }

/** An array with one shape per place. */
export const pair =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<[A, B]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length !== 2) {
      throw new RecordError(path, `expected an array of 2 items, got ${describe(value)}`)
    }
    return [first(value[0], `${path}[0]`), second(value[1], `${path}[1]`)]
  }

/** A map with exactly these keys, in this order. */
export const record = <const F extends Fields>(fields: F): Shape<RecordOf<F>> => {
  const names = Object.keys(fields)
  return (value, path) => {
    if (
      typeof value !== 'object' ||
      value === null ||
      Array.isArray(value) ||
      value instanceof Uint8Array
    ) {
      throw new RecordError(path, `expected a map, got ${describe(value)}`)
    }
    const given = Object.keys(value)
    for (const key of given) {
      if (!Object.hasOwn(fields, key))
        throw new RecordError(path, `unknown field ${JSON.stringify(key)}`)
    }
    const result: Record<string, unknown> = {}
    names.forEach((name, i) => {
      if (given[i] !== name) {
        const why = given.includes(name) ? 'is out of order' : 'is missing'
        throw new RecordError(path, `field ${JSON.stringify(name)} ${why}`)
      }
      result[name] = (fields[name] as Shape<unknown>)(
        (value as Record<string, unknown>)[name],
        `${path}.${name}`,
      )
    })
    return result as RecordOf<F>
  }
}
