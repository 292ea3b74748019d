/**
 * Values of scripts as JSON, for arguments and results on the command line. JSON has fewer kinds of value than scripts
 * have. The others are objects with one key that begins with `$`, in arguments and in results:
 *
 *     {"$bigint": "12"}  {"$bytes": "<base64>"}  {"$date": "<ISO>"}  {"$map": [[key, value], …]}  {"$set": [value, …]}
 *     {"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}  {"$undefined": true}
 *
 * A plain object whose only key begins with `$` gets one more `$`, so that each form has one meaning.
 */
import { types } from 'node:util'
import { safeJson } from './terminal-text.ts'

/** The JSON text of a value, in one line. `undefined` itself is `null`, because readers of JSON expect a value. */
export const valueToJson = (value: unknown): string =>
  value === undefined ? 'null' : safeJson(valueToPlain(value))

/** The value of a JSON text. Throws SyntaxError for a text that is not JSON, {@link FormError} for a form that is not listed above. */
export const jsonToValue = (text: string): unknown => plainToValue(JSON.parse(text))

/** The text is JSON, but an object in it is none of the forms above. */
export class FormError extends SyntaxError {}

/** A value as an argument of JSON.stringify. Throws TypeError for a function or a symbol. No script's result holds one. */
export function valueToPlain(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $undefined: true }
    case 'bigint':
      return { $bigint: String(value) }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : String(value) }
    case 'object':
      return value === null ? null : objectToPlain(value)
    case 'function':
    case 'symbol':
      throw new TypeError(`a ${typeof value} has no form in JSON`)
    default:
      return value
  }
}

function objectToPlain(value: object): unknown {
  if (Array.isArray(value)) return value.map(valueToPlain)
  // Not instanceof, because values of the REPL come from another realm.
  if (types.isUint8Array(value)) return { $bytes: Buffer.from(value).toString('base64') }
  // toISOString throws for an invalid date, which is a value too.
  if (types.isDate(value))
    return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() }
  if (types.isMap(value)) return { $map: Array.from(value, (pair) => pair.map(valueToPlain)) }
  if (types.isSet(value)) return { $set: Array.from(value, valueToPlain) }
  const entries = Object.entries(value)
  const only = entries.length === 1 ? entries[0] : undefined
  if (only?.[0].startsWith('$')) return { [`$${only[0]}`]: valueToPlain(only[1]) }
  return fromEntries(entries.map(([key, part]) => [key, valueToPlain(part)]))
}

const readers: Record<string, (content: unknown) => unknown> = {
  $undefined: (content) => (content === true ? undefined : wrong('$undefined', 'true')),
  $bigint: (content) =>
    typeof content === 'string' && /^-?\d+$/.test(content)
      ? BigInt(content)
      : wrong('$bigint', 'a string of digits'),
  $number: (content) =>
    typeof content === 'string' && ['NaN', 'Infinity', '-Infinity', '-0'].includes(content)
      ? Number(content)
      : wrong('$number', '"NaN", "Infinity", "-Infinity" or "-0"'),
  $bytes: (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : null
    return bytes?.toString('base64') === content
      ? new Uint8Array(bytes as Buffer)
      : wrong('$bytes', 'base64')
  },
  $date: (content) => {
    const date = new Date(typeof content === 'string' ? content : Number.NaN)
    return content === null || !Number.isNaN(date.getTime()) ? date : wrong('$date', 'an ISO date')
  },
  $map: (content) =>
    Array.isArray(content) && content.every((pair) => Array.isArray(pair) && pair.length === 2)
      ? new Map(content.map(([key, value]) => [plainToValue(key), plainToValue(value)]))
      : wrong('$map', 'an array of pairs'),
  $set: (content) =>
    Array.isArray(content) ? new Set(content.map(plainToValue)) : wrong('$set', 'an array'),
}

function wrong(tag: string, wanted: string): never {
  throw new FormError(`{"${tag}": …} wants ${wanted}`)
}

/** The value of a parsed JSON value. Throws {@link FormError}. */
export function plainToValue(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(plainToValue)
  if (typeof plain !== 'object' || plain === null) return plain
  const entries = Object.entries(plain)
  const [tag, content] = entries.length === 1 ? (entries[0] as [string, unknown]) : ['', null]
  if (tag.startsWith('$$')) return { [tag.slice(1)]: plainToValue(content) }
  if (tag.startsWith('$')) {
    const read = Object.hasOwn(readers, tag) ? readers[tag] : undefined
    if (!read)
      throw new FormError(`{"${tag}": …} is no known form; for a plain key write {"$${tag}": …}`)
    return read(content)
  }
  return fromEntries(entries.map(([key, part]) => [key, plainToValue(part)]))
}

/** Object.fromEntries with a type. It makes `__proto__` an ordinary own key. */
const fromEntries = (entries: [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(entries)
