/**
 * How vectors write values in JSON, for readers in any language.
 *
 * null, booleans, strings, arrays, and integers of at most 2^53 − 1 stand for themselves. Everything else is an object with one key that says what it is:
 *
 *     {"undefined": null}  {"float": "-0"}  {"bigint": "12"}  {"bytes": "c0ff"}  {"date": "1760000000000"}  {"date": "invalid"}
 *     {"object": [["key", value], …]}  {"map": [[key, value], …]}  {"set": [value, …]}
 *
 * Records (requests, entries…) are plain JSON objects with their fields in order; in them only {"bytes": …} is special.
 */
import { fromHex, toHex, type Value } from '@vms/format'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

type Pairs = [Value, Value][]

/** A value in the notation. */
export function notationOf(value: Value): Json {
  switch (typeof value) {
    case 'undefined':
      return { undefined: null }
    case 'bigint':
      return { bigint: value.toString() }
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? value
        : { float: Object.is(value, -0) ? '-0' : String(value) }
    case 'object':
      return value === null ? null : notationOfObject(value)
    default:
      return value
  }
}

function notationOfObject(value: Value & object): Json {
  const pairs = (entries: Iterable<[Value, Value]>): Json =>
    [...entries].map(([key, item]) => [notationOf(key), notationOf(item)])
  if (Array.isArray(value)) return value.map(notationOf)
  if (value instanceof Uint8Array) return { bytes: toHex(value) }
  if (value instanceof Date) {
    return { date: Number.isNaN(value.getTime()) ? 'invalid' : String(value.getTime()) }
  }
  if (value instanceof Map) return { map: pairs(value) }
  if (value instanceof Set) return { set: [...value].map(notationOf) }
  return { object: pairs(Object.entries(value)) }
}

/** The value that a notation means. */
export function valueFrom(notation: Json): Value {
  if (notation === null || typeof notation !== 'object') return notation
  if (Array.isArray(notation)) return notation.map(valueFrom)
  const [[kind, content] = ['', null]] = Object.entries(notation)
  const pairs = (): Pairs =>
    (content as [Json, Json][]).map(([key, item]) => [valueFrom(key), valueFrom(item)])
  switch (kind) {
    case 'undefined':
      return undefined
    case 'float':
      return Number(content)
    case 'bigint':
      return BigInt(content as string)
    case 'bytes':
      return fromHex(content as string)
    case 'date':
      return new Date(content === 'invalid' ? Number.NaN : Number(content))
    case 'map':
      return new Map(pairs())
    case 'set':
      return new Set((content as Json[]).map(valueFrom))
    case 'object':
      return objectOf(pairs() as [string, Value][])
    default:
      throw new RangeError(`unknown notation ${kind}`)
  }
}

function objectOf(pairs: [string, Value][]): Value {
  const object = {}
  for (const [key, value] of pairs) {
    const property = { value, writable: true, enumerable: true, configurable: true }
    Object.defineProperty(object, key, property)
  }
  return object
}

/** A record as JSON. */
export function recordNotationOf(value: unknown): Json {
  if (value instanceof Uint8Array) return { bytes: toHex(value) }
  if (Array.isArray(value)) return value.map(recordNotationOf)
  if (typeof value !== 'object' || value === null) return value as Json
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, recordNotationOf(item)]),
  )
}

/** The record that JSON means. */
export function recordFrom(notation: Json): unknown {
  if (notation === null || typeof notation !== 'object') return notation
  if (Array.isArray(notation)) return notation.map(recordFrom)
  const bytes = notation['bytes']
  if (typeof bytes === 'string' && Object.keys(notation).length === 1) return fromHex(bytes)
  return Object.fromEntries(Object.entries(notation).map(([key, item]) => [key, recordFrom(item)]))
}
