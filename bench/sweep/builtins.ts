/**
 * A row for every built-in of the world, each kind of receiver or argument that it takes, and each of some lists of arguments. The list
 * is the one that the runtime is checked against (world/list.ts), so no built-in is forgotten.
 */
import { kept } from '../../packages/sandbox/src/world/list.ts'
import type { Row } from './row.ts'
import {
  anything,
  arrays,
  bigints,
  bytes,
  type Kinds,
  objects,
  proxied,
  tables,
  texts,
} from './values.ts'

/** Prototypes → what their methods are called on. Paths that are left out have no methods, or are in other files of this folder. */
const receivers: Readonly<Record<string, Kinds>> = {
  'Object.prototype': { ...objects, ...arrays, ...proxied },
  'Function.prototype': { function: '(a) => a' },
  'Array.prototype': {
    ...arrays,
    ...proxied,
    'list of its own': 'Object.assign(withNumbers(n), { length: n })',
    ...bytes,
  },
  'Number.prototype': { number: 'n + 0.3', 'large number': '1e300' },
  'Boolean.prototype': { boolean: 'true' },
  'String.prototype': texts,
  'Symbol.prototype': { symbol: "Symbol('x'.repeat(n))" },
  'Date.prototype': { date: 'new Date(n * 1e6)' },
  'Promise.prototype': { promise: 'Promise.resolve(n)' },
  'RegExp.prototype': {
    'engine’s': '/x[yz]/g',
    'the machine’s': '/(?:x+)+y/g',
    'with a property': '/\\p{L}/giu',
  },
  'Error.prototype': { error: "new Error('x'.repeat(n))" },
  'ArrayBuffer.prototype': { buffer: 'new ArrayBuffer(n)' },
  'DataView.prototype': { view: 'new DataView(new ArrayBuffer(n + 16))' },
  'Map.prototype': {
    numbers: tables['Map of numbers'] as string,
    texts: tables['Map of texts'] as string,
  },
  'Set.prototype': {
    numbers: tables['Set of numbers'] as string,
    texts: tables['Set of texts'] as string,
  },
  'WeakMap.prototype': { entries: 'new WeakMap(list(n, (i) => [{}, i]))' },
  'WeakSet.prototype': { entries: 'new WeakSet(list(n, (i) => ({})))' },
  'BigInt.prototype': bigints,
  'Iterator.prototype': {
    'of an array': 'list(n, (i) => i).values()',
    generator: '(function* () { for (let i = 0; i < n; i++) yield i })()',
  },
  '%TypedArray%.prototype': bytes,
  'TextEncoder.prototype': { encoder: 'new TextEncoder()' },
  'TextDecoder.prototype': { decoder: 'new TextDecoder()' },
  'URL.prototype': { url: "new URL('https://example.org/' + 'a/'.repeat(n / 2) + '?b=c')" },
  'URLSearchParams.prototype': { pairs: "new URLSearchParams(list(n, (i) => ['k' + i, 'v']))" },
  'Buffer.prototype': { buffer: 'Buffer.alloc(n + 16, 97)' },
  'DisposableStack.prototype': { stack: 'new DisposableStack()' },
  'AsyncDisposableStack.prototype': { stack: 'new AsyncDisposableStack()' },
  'crypto.subtle': { bytes: 'crypto.subtle' },
}

/** Arguments of methods: what most are given, `f` a function, `b` a value of the same kind, `w` bytes, `s` a short text. */
const someArguments = ['', 'f', '1', 'b', "'7'"]

/** Those for which these would say nothing, or would give work without end. */
const argumentsOf: Readonly<Record<string, readonly string[]>> = {
  'String.prototype.repeat': ['3'],
  'String.prototype.padStart': ['n', "2 * n, 'ab'"],
  'String.prototype.padEnd': ['n', "2 * n, 'ab'"],
  'String.prototype.replace': ["'x', 'y'", "/x/g, 'y'", '/x/g, f', "'none', 'y'"],
  'String.prototype.replaceAll': ["'x', 'y'", "'none', 'y'", "'x', f"],
  'String.prototype.split': ["''", "','", "'none'", '/,/'],
  'String.prototype.match': ["'none'", '/x/g', '/x+y/'],
  'String.prototype.matchAll': ['/x/g'],
  'String.prototype.normalize': ["'NFD'", "'NFC'"],
  'Array.prototype.sort': ['', 'order'],
  'Array.prototype.toSorted': ['', 'order'],
  'Array.prototype.splice': ['1, 1, 0', '0, 0'],
  'Array.prototype.reduce': ['f', '(a, y) => y, 0'],
  'Array.prototype.reduceRight': ['f', '(a, y) => y, 0'],
  'Array.prototype.fill': ['1'],
  'Array.prototype.copyWithin': ['1, 0'],
  'Array.prototype.flatMap': ['f'],
  'Array.prototype.with': ['0, 1'],
  'Map.prototype.set': ['1, 1', "'k1', 1"],
  'crypto.subtle.digest': ["'SHA-256', w", "'SHA-512', w", "'SHA-1', w"],
  'TextEncoder.prototype.encode': ['s', "flat('\\u0142'.repeat(n))"],
  'TextEncoder.prototype.encodeInto': ['s, w'],
  'TextDecoder.prototype.decode': ['w'],
  'RegExp.prototype.exec': ["flat('x'.repeat(n))", "flat('\\u0142'.repeat(n))"],
  'RegExp.prototype.test': ["flat('x'.repeat(n))", "flat('\\u0142'.repeat(n))"],
  'Number.prototype.toFixed': ['', '20', '100'],
  'Number.prototype.toString': ['', '2', '36'],
  'BigInt.prototype.toString': ['', '2', '36'],
  'Function.prototype.bind': ['null', 'null, 1, 2'],
  'Function.prototype.apply': ['null, [1, 2]', 'null, list(Math.min(n, 30_000), f)'],
  'Buffer.prototype.write': ['s'],
  'Buffer.prototype.fill': ['1', "'ab'"],
}

/** Functions that are no methods, with what comes before and after the argument. */
const around: Readonly<Record<string, readonly [before: string, after: string][]>> = {
  'Object.assign': [
    ['{}, ', ''],
    ['', ', {}'],
  ],
  'Object.groupBy': [['', ', (y) => y']],
  'Map.groupBy': [['', ', (y) => y']],
  'Object.create': [
    ['null, ', ''],
    ['', ''],
  ],
  'Object.defineProperties': [['{}, ', '']],
  'Object.defineProperty': [['', ", 'k', { value: 1, configurable: true }"]],
  'Object.setPrototypeOf': [['', ', null']],
  'Object.is': [['', ', 1']],
  'Object.hasOwn': [
    ['', ", 'k1'"],
    ['{}, ', ''],
  ],
  'Object.getOwnPropertyDescriptor': [['', ", 'k1'"]],
  'Reflect.defineProperty': [['', ", 'k', { value: 1, configurable: true }"]],
  'Reflect.deleteProperty': [['', ", 'k0'"]],
  'Reflect.get': [
    ['', ", 'k1'"],
    ['{}, ', ''],
  ],
  'Reflect.set': [['', ", 'k1', 1"]],
  'Reflect.has': [['', ", 'k1'"]],
  'Reflect.getOwnPropertyDescriptor': [['', ", 'k1'"]],
  'Reflect.setPrototypeOf': [['', ', null']],
  'Reflect.apply': [['f, null, ', '']],
  'Reflect.construct': [['Object, ', '']],
  'JSON.stringify': [
    ['', ''],
    ['', ', null, 2'],
    ['', ', (k, v) => v'],
  ],
  'JSON.parse': [['', '']],
  'Array.from': [
    ['', ''],
    ['', ', f'],
  ],
  'BigInt.asUintN': [['200, ', '']],
  'BigInt.asIntN': [['200, ', '']],
  'String.raw': [['{ raw: ', ' }']],
  'Buffer.alloc': [['100, ', '']],
  'Buffer.compare': [['w, ', '']],
  'Buffer.byteLength': [['', '']],
  'Promise.try': [['() => ', '']],
}

/** Named elsewhere in this folder, or nothing that can be called often. */
const elsewhere =
  /^System|^crypto\.subtle$|^console|^set(?:Timeout|Interval|Immediate)|^%(?!TypedArray)|^structuredClone$/

export function builtinRows(): Row[] {
  return Object.entries(kept).flatMap(([path, names]) =>
    names.split(' ').flatMap((name) => rowsOf(path, name)),
  )
}

function rowsOf(path: string, name: string): Row[] {
  if (name.startsWith(':@@') || name === 'prototype' || name === 'length') return []
  const kinds = receivers[path]
  if (kinds !== undefined) return methodRows(path, name, kinds)
  if (path.endsWith('.prototype') || path.startsWith('%')) return []
  if (`${path}${name}`.includes('@@') || /^[A-Z][A-Z0-9_]+$/.test(name)) return []
  if (/^:|^(?:Infinity|NaN|undefined|globalThis|name|poolSize)$/.test(name)) return []
  return staticRows(path === 'globalThis' ? name : `${path}.${name}`)
}

function methodRows(path: string, name: string, kinds: Kinds): Row[] {
  if (name === 'constructor' || name === '@@toStringTag' || name === '@@unscopables') return []
  const method = `${path}.${name}`
  const isGetter = name.startsWith(':')
  const place = name.startsWith('@@') ? `[Symbol.${name.slice(2)}]` : `.${name.replace(':', '')}`
  const lists = isGetter ? [''] : (argumentsOf[method] ?? someArguments)
  return Object.entries(kinds).flatMap(([kind, made]) =>
    lists.map((given) => {
      const isForeign = path === 'Array.prototype' && !kind.includes('array')
      const call = isForeign
        ? `Array.prototype${place}.call(x${given === '' ? '' : ', '}${given})`
        : `x${place}${isGetter ? '' : `(${given})`}`
      return { name: `${method}(${given})`, kind, made, body: call }
    }),
  )
}

function staticRows(path: string): Row[] {
  if (elsewhere.test(path)) return []
  const calls = around[path] ?? [['', '']]
  return Object.entries(anything).flatMap(([kind, made]) =>
    calls.flatMap(([before, after]) => {
      const name = `${path}(${before}…${after})`
      const rows: Row[] = [
        { name, kind, made, body: `${path}(${before}x${after})`, isFunction: path },
      ]
      if (/^[A-Z][A-Za-z0-9]*$/.test(path))
        rows.push({ name: `new ${name}`, kind, made, body: `new ${path}(x)`, isFunction: path })
      return rows
    }),
  )
}
