/**
 * Shapes of records: how each field of a record is written, read and checked, in one pass over the bytes.
 *
 * A record is an array with exactly the fields that its shape names, in that order. A reader refuses a field too many or too few, so that
 * one record has one encoding and nobody can smuggle a field past an old reader. In code a record is an object with named fields.
 */
import { type Misfit, misfit, within } from './misfit.ts'
import type { ValueReader } from './value-reader.ts'
import type { ValueWriter } from './value-writer.ts'

/** Writes and reads values of one type. Both refuse a value that the shape does not allow. */
export interface Shape<T> {
  readonly write: (to: ValueWriter, value: T) => void
  readonly read: (from: RecordReader) => T
}

/** A reader of values, and whether the byte strings that it returns share memory with its input. */
export interface RecordReader extends ValueReader {
  readonly sharing: () => boolean
}

/** The type that a shape accepts. */
export type Infer<S> = S extends Shape<infer T> ? T : never

// biome-ignore lint/suspicious/noExplicitAny: a shape both takes and gives its type, so that no other type stands for all shapes.
export type AnyShape = Shape<any>
export type Fields = Record<string, AnyShape>
export type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> }

/** Describes a value, for an error. */
const describe = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : value instanceof Uint8Array
      ? `${value.length} bytes`
      : Array.isArray(value)
        ? `an array of ${value.length}`
        : typeof value === 'object'
          ? 'an object'
          : `${typeof value} ${String(value).slice(0, 40)}`

function unlike(expected: string, value: unknown): Misfit {
  return misfit(`expected ${expected}, got ${describe(value)}`)
}

/** Describes an encoding that begins with the byte `head`, for an error. */
function describeHead(head: number): string {
  if (head < 0x80 || head >= 0xe0 || (head >= 0xcb && head <= 0xd3)) return 'another number'
  if (head < 0x90 || head >= 0xde) return 'an object'
  if (head < 0xa0 || head >= 0xdc) return 'an array'
  if (head < 0xc0 || head >= 0xd9) return 'text'
  if (head === 0xc0) return 'null'
  if (head <= 0xc3) return 'a boolean'
  return head <= 0xc6 ? 'bytes' : 'an extension'
}

const otherType = (expected: string, head: number): Misfit =>
  misfit(`expected ${expected}, got ${describeHead(head)}`)

/**
 * The length that `head` announces, in the forms of 8, 16 and 32 bits whose heads begin at `first`; −1 for another head. `short`: the
 * least length that the form of 8 bits may have.
 */
function announced(from: RecordReader, head: number, first: number, short: number): number {
  if (head === first) return from.readUnsigned(1, short)
  if (head === first + 1) return from.readUnsigned(2, 0x100)
  return head === first + 2 ? from.readUnsigned(4, 0x10000) : -1
}

/** A whole number from 0 (or `min`) to `max`. */
export const integer = (max: number = Number.MAX_SAFE_INTEGER, min = 0): Shape<number> => {
  const expected = `a whole number from ${min} to ${max}`
  return {
    write(to, value) {
      if (!Number.isSafeInteger(value) || value < min || value > max || Object.is(value, -0))
        throw unlike(expected, value)
      to.putNumber(value)
    },
    read(from) {
      const head = from.readByte()
      if (head >= 0x80 && (head < 0xcc || head > 0xcf)) throw otherType(expected, head)
      const value = head < 0x80 ? head : from.readNumber(head)
      if (value < min || value > max) throw unlike(expected, value)
      return value
    },
  }
}

function byteString(least: number, most: number, expected: string): Shape<Uint8Array> {
  return {
    write(to, value) {
      if (!(value instanceof Uint8Array) || value.length < least || value.length > most)
        throw unlike(expected, value)
      to.putBytes(value, value.length)
    },
    read(from) {
      const head = from.readByte()
      const length = announced(from, head, 0xc4, 0)
      if (length < 0) throw otherType(expected, head)
      if (length < least || length > most) throw misfit(`expected ${expected}, got ${length} bytes`)
      return from.sharing() ? from.readView(length) : from.readBytes(length)
    },
  }
}

/** Exactly `length` bytes. */
export const bytes = (length: number): Shape<Uint8Array> =>
  byteString(length, length, `${length} bytes`)

/** Up to `max` bytes. */
export const blob = (max: number): Shape<Uint8Array> => byteString(0, max, `at most ${max} bytes`)

/** A string of at most `max` UTF-16 code units. */
export const text = (max: number): Shape<string> => {
  const expected = `a string of at most ${max} characters`
  return {
    write(to, value) {
      if (typeof value !== 'string' || value.length > max) throw unlike(expected, value)
      to.putText(value)
    },
    read(from) {
      const head = from.readByte()
      const short = head >= 0xa0 && head < 0xc0
      const length = short ? head & 0x1f : announced(from, head, 0xd9, 0x20)
      if (length < 0) throw otherType(expected, head)
      // A UTF-16 unit takes at most 3 bytes of UTF-8.
      if (length > 3 * max) throw misfit(`expected ${expected}, got ${length} bytes of text`)
      const value = from.readText(length)
      if (value.length > max) throw misfit(`expected ${expected}, got ${value.length}`)
      return value
    },
  }
}

/** One of the given texts. */
export const oneOf = <const T extends readonly string[]>(...allowed: T): Shape<T[number]> => {
  const any = text(Math.max(...allowed.map((one) => one.length)))
  return refine(any, (value) =>
    allowed.includes(value) ? null : unlike(allowed.join(' or '), value),
  ) as Shape<T[number]>
}

/** One of the given names, encoded as its index in the list. */
export const choice = <const T extends readonly string[]>(...names: T): Shape<T[number]> => {
  const expected = names.join(' or ')
  const number = integer(names.length - 1)
  return {
    write(to, value) {
      const code = names.indexOf(value)
      if (code < 0) throw unlike(expected, value)
      to.putNumber(code)
    },
    read: (from) => names[number.read(from)] as T[number],
  }
}

/** A version number. */
export const version = <const N extends number>(number: N): Shape<N> =>
  integer(number, number) as AnyShape

/** true or false. */
export const bool: Shape<boolean> = {
  write(to, value) {
    if (typeof value !== 'boolean') throw unlike('true or false', value)
    to.putByte(value ? 0xc3 : 0xc2)
  },
  read(from) {
    const head = from.readByte()
    if (head !== 0xc2 && head !== 0xc3) throw otherType('true or false', head)
    return head === 0xc3
  },
}

/** null, or a value that `shape` accepts. */
export const nullable = <T>(shape: Shape<T>): Shape<T | null> => ({
  write(to, value) {
    if (value === null) to.putByte(0xc0)
    else shape.write(to, value)
  },
  read(from) {
    if (from.peek() !== 0xc0) return shape.read(from)
    from.readByte()
    return null
  },
})

/** Accepts only null. */
export const none: Shape<null> = {
  write(to, value) {
    if (value !== null) throw unlike('null', value)
    to.putByte(0xc0)
  },
  read(from) {
    const head = from.readByte()
    if (head !== 0xc0) throw otherType('null', head)
    return null
  },
}

/** A text that `text` accepts, or bytes that `bytes` accepts. */
export const textOrBytes = (
  text: Shape<string>,
  bytes: Shape<Uint8Array>,
): Shape<string | Uint8Array> => ({
  write(to, value) {
    if (typeof value === 'string') text.write(to, value)
    else bytes.write(to, value)
  },
  read(from) {
    const head = from.peek()
    const isText = (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb)
    return isText ? text.read(from) : bytes.read(from)
  },
})

/** A value that `shape` accepts and in which `check` finds no fault. */
export const refine = <T>(shape: Shape<T>, check: (value: T) => Misfit | null): Shape<T> => ({
  write(to, value) {
    shape.write(to, value)
    const wrong = check(value)
    if (wrong) throw wrong
  },
  read(from) {
    const value = shape.read(from)
    const wrong = check(value)
    if (wrong) throw wrong
    return value
  },
})

/** Reads the head of an array. */
function readCount(from: RecordReader, expected: string): number {
  const head = from.readByte()
  const count =
    head >= 0x90 && head < 0xa0
      ? head & 0x0f
      : head === 0xdc
        ? from.readUnsigned(2, 0x10)
        : head === 0xdd
          ? from.readUnsigned(4, 0x10000)
          : -1
  if (count < 0) throw otherType(expected, head)
  // Each item takes at least one byte. The check keeps a false length from allocating memory.
  from.need(count)
  return count
}

const writeCount = (to: ValueWriter, count: number): void => to.putCount(0x90, 0xdc, count)

/** An array of `min` to `max` items of one shape. */
export const list = <T>(shape: Shape<T>, max: number, min = 0): Shape<T[]> => {
  const expected = `an array of ${min} to ${max} items`
  return {
    write(to, value) {
      if (!Array.isArray(value) || value.length < min || value.length > max)
        throw unlike(expected, value)
      writeCount(to, value.length)
      let i = 0
      try {
        for (; i < value.length; i++) shape.write(to, value[i] as T)
      } catch (error) {
        throw within(error, `[${i}]`)
      }
    },
    read(from) {
      const count = readCount(from, expected)
      if (count < min || count > max) throw misfit(`expected ${expected}, got ${count} items`)
      const items: T[] = []
      let i = 0
      try {
        for (; i < count; i++) items.push(shape.read(from))
      } catch (error) {
        throw within(error, `[${i}]`)
      }
      return items
    },
  }
}

/** An array of two items, each with its own shape. */
export const pair = <A, B>(first: Shape<A>, second: Shape<B>): Shape<[A, B]> => {
  const both = record({ 0: first, 1: second } as Fields)
  return {
    write: (to, value) => {
      if (!Array.isArray(value) || value.length !== 2) throw unlike('an array of 2 items', value)
      both.write(to, value as never)
    },
    read: (from) => {
      const { 0: a, 1: b } = both.read(from) as { 0: A; 1: B }
      return [a, b]
    },
  }
}

const step = (name: string): string => (/^\d/.test(name) ? `[${name}]` : `.${name}`)

/** The fields of a record without the array's head. {@link record} and {@link union} share it. */
function fieldsOf<F extends Fields>(fields: F) {
  const names = Object.keys(fields)
  const shapes = Object.values(fields)
  return {
    count: names.length,
    write(to: ValueWriter, value: RecordOf<F>): void {
      let i = 0
      try {
        for (; i < names.length; i++) (shapes[i] as AnyShape).write(to, value[names[i] as keyof F])
      } catch (error) {
        throw within(error, step(names[i] as string))
      }
    },
    read(from: RecordReader, into: Record<string, unknown>): RecordOf<F> {
      let i = 0
      try {
        for (; i < names.length; i++) into[names[i] as string] = (shapes[i] as AnyShape).read(from)
      } catch (error) {
        throw within(error, step(names[i] as string))
      }
      return into as RecordOf<F>
    },
    /** Refuses a value without exactly these fields, because the encoding would silently lose an extra one. */
    check(value: unknown, tag: string | null): void {
      if (typeof value !== 'object' || value === null) throw unlike('a record', value)
      for (const name of Object.keys(value))
        if (name !== tag && !Object.hasOwn(fields, name))
          throw misfit(`unknown field ${JSON.stringify(name)}`)
    },
  }
}

/** An array of exactly these fields, in this order. In code: an object with these names. */
export const record = <const F extends Fields>(fields: F): Shape<RecordOf<F>> => {
  const inner = fieldsOf(fields)
  const expected = `a record of ${inner.count} fields`
  return {
    write(to, value) {
      inner.check(value, null)
      writeCount(to, inner.count)
      inner.write(to, value)
    },
    read(from) {
      const count = readCount(from, expected)
      if (count !== inner.count) throw misfit(`expected ${expected}, got ${count}`)
      return inner.read(from, {})
    },
  }
}

type UnionOf<Tag extends string, V extends Record<string, Fields>> = {
  [K in keyof V]: { [T in Tag]: K } & RecordOf<V[K]>
}[keyof V]

/** Records of several kinds. The first field, `tag`, is the kind: its name in code, its index in `kinds` in the bytes. */
export const union = <const Tag extends string, const V extends Record<string, Fields>>(
  tag: Tag,
  kinds: V,
): Shape<UnionOf<Tag, V>> => {
  const names = Object.keys(kinds)
  const kind = choice(...names)
  const inner = Object.values(kinds).map((fields) => fieldsOf(fields))
  const innerOf = (name: string) => inner[names.indexOf(name)] as (typeof inner)[number]
  return {
    write(to, value) {
      const name = (value as { [T in Tag]?: string } | null)?.[tag] as string
      if (!names.includes(name)) throw within(unlike(names.join(' or '), name), `.${tag}`)
      const fields = innerOf(name)
      fields.check(value, tag)
      writeCount(to, fields.count + 1)
      kind.write(to, name)
      fields.write(to, value as never)
    },
    read(from) {
      const count = readCount(from, 'a record')
      let name: string
      try {
        name = kind.read(from)
      } catch (error) {
        throw within(error, `.${tag}`)
      }
      const fields = innerOf(name)
      if (count !== fields.count + 1)
        throw misfit(`expected a record of ${fields.count + 1} fields, got ${count}`)
      return fields.read(from, { [tag]: name }) as never
    },
  }
}

/** The kinds of a message, each with the shapes of its parts and their names for errors. */
export type Parts = readonly (readonly [name: string, shape: AnyShape])[]

/** Arrays that begin with the name of their kind. The kind determines the other parts. In code: the same array. */
export const message = (kinds: Readonly<Record<string, Parts>>): Shape<readonly unknown[]> => {
  const name = oneOf(...Object.keys(kinds))
  const partsOf = (kind: string): Parts => kinds[kind] as Parts
  return {
    write(to, value) {
      const kind = value[0] as string
      writeCount(to, value.length)
      name.write(to, kind)
      const parts = partsOf(kind)
      if (parts.length !== value.length - 1) throw misfit(`${kind} has ${parts.length} parts`)
      parts.forEach(([part, shape], i) => {
        try {
          shape.write(to, value[i + 1])
        } catch (error) {
          throw within(error, `.${kind}.${part}`)
        }
      })
    },
    read(from) {
      const count = readCount(from, 'an array') - 1
      const kind = name.read(from)
      const parts = partsOf(kind)
      if (count !== parts.length) throw misfit(`${kind} has ${parts.length} parts, got ${count}`)
      const value: unknown[] = [kind]
      for (const [part, shape] of parts) {
        try {
          value.push(shape.read(from))
        } catch (error) {
          throw within(error, `.${kind}.${part}`)
        }
      }
      return value
    },
  }
}
