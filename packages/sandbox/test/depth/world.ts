/**
 * The script of the sweep over everything that may nest: it finds all functions that a script can reach, asks each of them what it asks of
 * its receiver and its arguments, and can build and run a nest for each answer. Nothing here is a list of built-ins, so that none is left out.
 */

import { reachable } from '../reachable.ts'

/** Properties that a built-in may ask for. */
const keys = `
  length 0 1 constructor prototype name message cause errors stack flags source global ignoreCase multiline dotAll unicode unicodeSets sticky
  hasIndices lastIndex exec index groups indices input next return throw done value then catch finally resolve reject promise toString valueOf
  toJSON toISOString toLocaleString join size has keys get set add delete raw rawJSON byteLength byteOffset buffer maxByteLength encoding
  description signal writable enumerable configurable apply construct call bind
  getPrototypeOf ownKeys getOwnPropertyDescriptor defineProperty deleteProperty setPrototypeOf isExtensible preventExtensions
  protocol host href search hash pathname data type fatal ignoreBOM stream
  @@iterator @@asyncIterator @@toPrimitive @@toStringTag @@species @@hasInstance @@isConcatSpreadable @@match @@matchAll @@replace @@search @@split
  @@dispose @@asyncDispose @@unscopables`

export const sweepScript = `
const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const keyNames = ${JSON.stringify(keys.trim().split(/\s+/))}
const keyOf = (name) => name.startsWith('@@') ? Symbol[name.slice(2)] : name
const nothing = () => undefined

${reachable}const all = findAll()

/** Real receivers, made with something in them that is asked: kind → maker. */
const makers = {
  hook: (o) => o,
  array: (o) => [o, o],
  map: (o) => new Map([[o, o]]),
  set: (o) => new Set([o]),
  weakMap: (o) => new WeakMap([[o, o]]),
  typed: () => new Uint8Array(2),
  floats: () => new Float64Array(2),
  view: () => new DataView(new ArrayBuffer(8)),
  memory: () => new ArrayBuffer(8, { maxByteLength: 16 }),
  text: () => 'ab',
  number: () => 1,
  big: () => 1n,
  symbol: () => Symbol.iterator,
  date: () => new Date(0),
  expression: () => /a/g,
  promise: () => Promise.resolve(1),
  error: () => new Error('a'),
  stack: (o) => { const s = new DisposableStack(); s.defer(o); return s },
  asyncStack: (o) => { const s = new AsyncDisposableStack(); s.defer(o); return s },
  used: (o) => { const s = new DisposableStack(); s.use(o); return s },
  asyncUsed: (o) => { const s = new AsyncDisposableStack(); s.use(o); return s },
  generator: (o) => (function* () { yield* o })(),
  asyncGenerator: (o) => (async function* () { yield* o })(),
  helper: (o) => [1].values().map(o),
  flat: (o) => [1].values().flatMap(o),
  wrapped: (o) => Iterator.from(o),
  bound: (o) => Function.prototype.bind.call(o, o, o),
  buffer: () => Buffer.from('ab'),
  url: () => new URL('http://a/?b=c'),
  params: () => new URLSearchParams('a=b'),
  encoder: () => new TextEncoder(),
  decoder: () => new TextDecoder(),
}

/** Arguments: how each is made of the object that is asked. */
const lists = {
  all: (o) => [o, o, o],
  one: (o) => [o],
  later: (o) => [1, o, o],
  last: (o) => ['a', 'b', o],
  list: (o) => [[o], o],
  expression: (o) => [/a/g, o],
  none: () => [],
}

let asked = nothing
let steps = 0
const answers = {
  next: () => ({ done: steps++ > 0, value: 1 }), [Symbol.iterator]: (o) => o, valueOf: () => 1, toString: () => 'a', exec: () => null,
  keys: () => [][Symbol.iterator](), ownKeys: () => [], getPrototypeOf: () => null,
}
const values = {
  length: 1, size: 1, 0: 1, 1: 1, done: true, lastIndex: 0, byteLength: 1, flags: 'g', source: 'a', name: 'n', message: 'm', prototype: null, maxByteLength: 16,
  [Symbol.isConcatSpreadable]: true, [Symbol.toStringTag]: 'T', [Symbol.asyncIterator]: undefined, [Symbol.toPrimitive]: undefined, then: undefined,
  [Symbol.species]: undefined,
}

/** What an object inherits that tells \`asked\` of each property that it is asked for, and gives what keeps a built-in going. */
function recording(prototype) {
  const object = Object.create(prototype)
  for (const name of keyNames) {
    const key = keyOf(name)
    const answer = Object.hasOwn(answers, key) ? answers[key] : (o) => o
    const method = function () { asked(name, 'method'); return answer(this) }
    const get = Object.hasOwn(values, key) ? () => { asked(name, 'get'); return values[key] } : () => { asked(name, 'get'); return method }
    defineProperty(object, key, { configurable: true, get, set: () => { asked(name, 'set') } })
  }
  return object
}
const inherited = { plain: recording(Object.prototype), callable: recording(Function.prototype) }

function recorder(way, call) {
  if (way === 'plain') return Object.create(inherited.plain)
  const object = function () { return call === undefined ? asked('', 'call') : apply(call, this, arguments) }
  for (const key of ['length', 'name']) delete object[key]
  return Object.setPrototypeOf(object, inherited.callable)
}

const ways = ['plain', 'callable']

function attempt(f, self, list, isNew) {
  try {
    const made = isNew ? construct(f, list) : apply(f, self, list)
    if (typeof made === 'object' && made !== null && typeof made.then === 'function' && made instanceof Promise) made.then(nothing, nothing)
    return made
  } catch {}
}

const combinations = []
for (const list of Object.keys(lists)) for (const way of ways) combinations.push(['hook', list, way])
for (const list of ['all', 'one', 'later']) combinations.push(['new', list, 'callable'], ['new', list, 'plain'])
for (const receiver of Object.keys(makers)) if (receiver !== 'hook') combinations.push([receiver, 'all', 'callable'], [receiver, 'none', 'plain'])

/** Properties that a built-in asks of a receiver that is its own kind, and that the receiver may have for itself. */
const ownKeyNames = ['constructor', 'length', 'size', 'exec', 'flags', 'lastIndex', 'global', 'then', 'next', 'return', 'toString', 'valueOf', 'join', 'toJSON',
  'toISOString', 'name', 'message', '@@iterator', '@@toPrimitive', '@@match', '@@replace', '@@isConcatSpreadable']

/** Gives a real receiver accessors of its own that tell \`asked\`, and give what it inherits. */
function own(self) {
  if ((typeof self !== 'object' || self === null) && typeof self !== 'function') return
  const prototype = getPrototypeOf(self)
  for (const name of ownKeyNames) {
    const key = keyOf(name)
    if (Object.hasOwn(self, key)) continue
    try { defineProperty(self, key, { configurable: true, get() { asked(name, 'get'); return Reflect.get(prototype, key, self) }, set() { asked(name, 'set') } }) } catch {}
  }
}

/** What a function asks, each with the way in which it was asked: \`receiver list way key kind\`. */
function asks(path) {
  const f = all.get(path)
  const known = new Map()
  for (const [receiver, list, way] of combinations) {
    // A step of its own gives a promise, which is never done.
    if (receiver === 'asyncGenerator' && path.startsWith('.Iterator')) continue
    const o = recorder(way)
    let self
    try { self = receiver === 'new' ? undefined : makers[receiver](o) } catch { continue }
    if (receiver !== 'hook' && receiver !== 'new') own(self)
    steps = 0
    asked = (key, kind) => { if (!known.has(key + ' ' + kind)) known.set(key + ' ' + kind, [receiver, list, way, key, kind].join(' ')) }
    attempt(f, self, lists[list](o), receiver === 'new')
    asked = nothing
  }
  return [...known.values()]
}

/** Ways in which the hook leads to the function again. */
const links = {
  /** A function of the script between them. */
  closure: (f, again) => function () { return again() },
  /** The function itself, with what the engine gives it. */
  itself: (f) => f,
  /** Bound to its receiver and its arguments. */
  bound: (f, again, self, list) => Function.prototype.bind.apply(f, [self, ...list]),
}

/** A nest without end: \`o\` asked for \`key\` runs the function on \`o\`. */
function nest(path, name, link) {
  const f = all.get(path)
  const [receiver, list, way, key, kind] = name.split(' ')
  const isNew = receiver === 'new'
  let hook = nothing
  const o = recorder(way, kind === 'call' ? function (...given) { return apply(hook, this, given) } : nothing)
  let real = o
  if (kind === 'call' && link !== 'closure') real = undefined
  const make = () => {
    const target = real ?? hook
    const self = isNew ? undefined : makers[receiver](target)
    if (receiver !== 'hook' && kind !== 'call' && (typeof self === 'object' || typeof self === 'function')) try { hang(self) } catch {}
    return { self, list: lists[list](target) }
  }
  const hang = (object) => {
    if (kind === 'get') defineProperty(object, keyOf(key), { configurable: true, get: hook, set: hook })
    if (kind === 'set') defineProperty(object, keyOf(key), { configurable: true, get: nothing, set: hook })
    if (kind === 'method') defineProperty(object, keyOf(key), { configurable: true, writable: true, value: hook })
  }
  const again = () => {
    const { self, list } = make()
    return isNew ? construct(f, list) : apply(f, self, list)
  }
  const first = real === undefined ? { self: f, list: [f, f, f] } : make()
  hook = links[link](f, again, first.self, first.list)
  hang(o)
  return again
}

/** Places where nobody looks at what was thrown. */
const places = {
  open: (run) => run(),
  promise: (run) => { new Promise(() => { run() }) },
  iterator: (run) => { try { for (const x of { [Symbol.iterator]() { return { next: () => ({ done: false, value: 1 }), return: run } } }) throw 1 } catch {} },
  finally: (run) => { for (;;) try { run() } finally { break } },
  disposed: (run) => { const s = new DisposableStack(); s.defer(run); s.defer(() => { throw 1 }); try { s.dispose() } catch {} },
  async: (run) => { (async () => { await null; run() })() },
}

/** Says which nest comes next before it is run: a nest that is too deep ends the call. */
function run(path, name, link, place) {
  let go
  try { go = nest(path, name, link) } catch { return }
  steps = 0
  try { places[place](() => { const made = go(); if (made instanceof Promise) made.then(nothing, nothing) }) } catch {}
}

exports.paths = () => [...all.keys()]

/** Runs the nests of some functions from one on; \`every\` takes one function of so many. */
exports.sweep = async (from, count, first, link, place, every) => {
  const paths = [...all.keys()].slice(from, from + count)
  for (let i = 0; i < paths.length; i++) {
    if ((from + i) % every !== 0) continue
    const cases = asks(paths[i])
    for (let j = i === 0 ? first : 0; j < cases.length; j++) {
      console.log(JSON.stringify([from + i, j, paths[i], cases[j]]))
      run(paths[i], cases[j], link, place)
      await null
    }
  }
  return 'swept'
}
`
