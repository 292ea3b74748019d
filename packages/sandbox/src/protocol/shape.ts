/** Shapes of the messages of a child process. Each throws a TypeError that names the place of a wrong value. */

export type Shape = (value: unknown, path: string) => void

export function refuse(path: string, expected: string): never {
  throw new TypeError(`${path} is not ${expected}`)
}

/** A whole number from `min` to `max`. */
export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER): Shape =>
  (value, path) => {
    const holds =
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
    if (!holds) refuse(path, `a whole number from ${min} to ${max}`)
  }

/** A well-formed text of at most `units` UTF-16 units. */
export const text =
  (units: number): Shape =>
  (value, path) => {
    if (typeof value !== 'string' || value.length > units || !value.isWellFormed())
      refuse(path, `a well-formed text of at most ${units} units`)
  }

/** From `min` to `max` bytes. */
export const bytes =
  (max: number, min = 0): Shape =>
  (value, path) => {
    const holds = value instanceof Uint8Array && value.byteLength >= min && value.byteLength <= max
    if (!holds) refuse(path, `${min} to ${max} bytes`)
  }

export const boolean: Shape = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, 'true or false')
}

export const oneOf =
  (...allowed: readonly unknown[]): Shape =>
  (value, path) => {
    if (!allowed.includes(value)) refuse(path, `one of ${allowed.join(', ')}`)
  }

export const nullable =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== null) shape(value, path)
  }

/** At most `most` items of one shape. */
export const list =
  (shape: Shape, most: number): Shape =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > most) refuse(path, `at most ${most} items`)
    for (let i = 0; i < value.length; i++) shape(value[i], `${path}[${i}]`)
  }

/** One shape for each position. */
export const tuple =
  (...shapes: readonly Shape[]): Shape =>
  (value, path) => {
    if (!Array.isArray(value) || value.length !== shapes.length)
      refuse(path, `${shapes.length} items`)
    for (let i = 0; i < shapes.length; i++) (shapes[i] as Shape)(value[i], `${path}[${i}]`)
  }

/** An object with these keys and no others; keys of `optional` may be missing. */
export const fields = (
  required: Record<string, Shape>,
  optional: Record<string, Shape> = {},
): Shape => {
  const shapes = new Map(Object.entries({ ...required, ...optional }))
  return (value, path) => {
    const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isPlain || Object.getPrototypeOf(value) !== Object.prototype) refuse(path, 'a record')
    for (const key of Object.keys(required))
      if (!Object.hasOwn(value as object, key)) refuse(`${path}.${key}`, 'there')
    for (const [key, field] of Object.entries(value as object)) {
      const shape = shapes.get(key)
      if (shape === undefined) refuse(`${path}.${key.slice(0, 40)}`, 'a field of the protocol')
      shape(field, `${path}.${key}`)
    }
  }
}
