/** The value codec as source text: it runs in bare realms, and nothing that a script does there changes what it does. */
import { execFileSync } from 'node:child_process'
import vm from 'node:vm'
import { decodeValue, encodeValue, fromHex, toHex, type Value } from '@vms/format'
import { runtimeCodec } from '@vms/format/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue, sameValue } from './arbitrary-value.ts'

interface GuestCodec {
  encode(value: unknown, limits?: object): Uint8Array
  decode(bytes: Uint8Array, limits?: object): unknown
}

const lengthOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'length',
)?.get

/** Hexadecimal of bytes that belong to a realm whose own methods may be spoiled. */
function hexOf(bytes: Uint8Array): string {
  const copy = new Uint8Array(lengthOf?.call(bytes) as number)
  Uint8Array.prototype.set.call(copy, bytes)
  return toHex(copy)
}

const bareRealm = (): vm.Context => vm.createContext(Object.create(null))

describe('in a bare realm', () => {
  const realm = bareRealm()
  const guest = vm.runInContext(runtimeCodec, realm) as GuestCodec

  test('it writes the same bytes as in this one, and reads them back', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const bytes = encodeValue(value)
        expect(toHex(guest.encode(guest.decode(bytes)))).toBe(toHex(bytes))
        expect(toHex(guest.encode(value))).toBe(toHex(bytes))
      }),
    )
  })

  test('what it reads belongs to that realm', () => {
    const check = vm.runInContext(
      `(v) => v instanceof Object && v.m instanceof Map && v.s instanceof Set && v.d instanceof Date && v.a instanceof Array
        && v.b instanceof Uint8Array && v.m.get('k') instanceof Object`,
      realm,
    ) as (value: unknown) => boolean
    const value = {
      m: new Map([['k', {}]]),
      s: new Set(),
      d: new Date(0),
      a: [],
      b: new Uint8Array(1),
    }
    expect(check(guest.decode(encodeValue(value)))).toBe(true)
  })

  test('its errors have the name and the fields of ours', () => {
    const failure = vm.runInContext(
      '(run) => { try { run() } catch (e) { return [e instanceof Error, e.name, e.code, e.path, e.found, e.offset, e.reason, e.message] } }',
      realm,
    ) as (run: () => void) => unknown[]
    expect([...failure(() => guest.encode([() => 1]))]).toStrictEqual([
      true,
      'ValueError',
      'ERR_VMS_UNSUPPORTED_VALUE',
      '$[0]',
      'a function',
      null,
      null,
      'cannot encode $[0]: a function has no encoding',
    ])
    expect([...failure(() => guest.decode(Uint8Array.of(0xc1)))]).toStrictEqual([
      true,
      'ValueError',
      'ERR_VMS_BAD_ENCODING',
      null,
      null,
      0,
      'a form that is not used',
      'cannot decode byte 0: a form that is not used',
    ])
  })

  test('limits are given as in this realm', () => {
    expect(() => guest.encode([[1]], { maxDepth: 1 })).toThrow('more than 1 levels')
    expect(() => guest.encode('xx', { maxBytes: 2 })).toThrow('more than 2 bytes')
  })

  test('it leaves no trace in the realm', () => {
    expect(
      vm.runInContext(
        'Object.getOwnPropertyNames(globalThis).filter((name) => /codec|value|create/i.test(name))',
        realm,
      ),
    ).toHaveLength(0)
  })
})

describe('in a realm whose script turns everything against it', () => {
  // Every property of every intrinsic is replaced by one that throws when it is read or written. The pairs are collected first: afterwards hardly
  // anything works in that realm.
  const hostile = `(() => {
    const { defineProperty, ownKeys } = Reflect
    const classes = [Object, Array, String, Number, BigInt, Boolean, Symbol, Map, Set, Date, Uint8Array, Float64Array, ArrayBuffer, DataView, RegExp,
      Promise, Error, TypeError, Function, Object.getPrototypeOf(Uint8Array)]
    const objects = [Math, JSON, Reflect]
    for (const maker of classes) objects.push(maker, maker.prototype)
    for (const list of [[], new Map(), new Set(), '']) objects.push(Object.getPrototypeOf(list[Symbol.iterator]()))
    const pairs = []
    for (const object of objects) for (const name of ownKeys(object)) pairs.push({ object, name })
    for (const name of ['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'code', 'path', 'found', 'offset', 'maxBytes', 'maxDepth',
      'maxBigintBytes', 'a', 'b', 'key', 'done', 'next', 'length', 'then', 'stack', 'message', 'rest', 'trail', 'cause', 'at', 'buffer', '0', '1', '2', '39']) {
      pairs.push({ object: Object.prototype, name })
    }
    for (const name of ['0', '1', '2', '3', '39']) pairs.push({ object: Array.prototype, name })
    for (const name of ['Object', 'Map', 'Set', 'Uint8Array', 'BigInt', 'Error', 'String', 'Date', 'Array']) globalThis[name] = undefined
    const count = pairs.length
    for (let i = 0; i < count; i++) {
      const { object, name } = pairs[i]
      defineProperty(object, name, {
        __proto__: null,
        configurable: true,
        get() { throw 'read ' + name },
        set() { throw 'written ' + name },
      })
    }
  })()`
  const values: Value[] = [
    null,
    undefined,
    true,
    5,
    -5,
    300,
    70_000,
    2 ** 40,
    -(2 ** 40),
    1.5,
    -0,
    Number.NaN,
    12n,
    -(2n ** 70n),
    'text',
    'wïde 😀',
    'x'.repeat(300),
    new Uint8Array(5),
    new Uint8Array(500),
    new Date(5),
    new Date(Number.NaN),
    [1, [2, { a: 1 }], 'three', 4],
    { a: 1, b: [{ a: { b: 1 } }], get: 1, value: 2, 5: 1, length: 3 },
    new Map<Value, Value>([
      ['a', 1],
      [{ a: 1 }, [1]],
    ]),
    new Set<Value>([1, 'a', [1, 2, 3, 4]]),
    JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "toString": 2}'),
    Array.from({ length: 40 }, (_, i) => ({ a: i })),
  ]

  test('it writes and reads what it did before', () => {
    const realm = bareRealm()
    const guest = vm.runInContext(runtimeCodec, realm) as GuestCodec
    vm.runInContext(hostile, realm)
    for (const value of values) {
      const bytes = encodeValue(value)
      expect(hexOf(guest.encode(guest.decode(bytes)))).toBe(toHex(bytes))
    }
  })

  test('it refuses with the same words', () => {
    const realm = bareRealm()
    const guest = vm.runInContext(runtimeCodec, realm) as GuestCodec
    const bad = vm.runInContext(
      `[[1, { a: () => 1 }], { 'a b': Symbol() }, new Map([[new (class Foo {}), 1]]), [1, , 2], '\\ud800', new Set([{ get x() { return 1 } }])]`,
      realm,
    ) as unknown[]
    const words = (run: () => void): unknown => {
      try {
        run()
      } catch (error) {
        return typeof error === 'string'
          ? error
          : Object.getOwnPropertyDescriptor(error, 'message')?.value
      }
      return 'nothing'
    }
    const written = () => Array.from({ length: 6 }, (_, i) => words(() => guest.encode(bad[i])))
    const before = written()
    const refused = ['c1', 'cc01', '82a16100a16100', 'a1ff', 'd40500'].map(fromHex)
    const beforeRead = refused.map((bytes) => words(() => guest.decode(bytes)))
    vm.runInContext(hostile, realm)
    expect(written()).toStrictEqual(before)
    expect(refused.map((bytes) => words(() => guest.decode(bytes)))).toStrictEqual(beforeRead)
    expect(before).not.toContain('nothing')
  })
})

describe('proxies', () => {
  const realm = bareRealm()
  const guest = vm.runInContext(runtimeCodec, realm) as GuestCodec
  const evaluate = (source: string): unknown => vm.runInContext(source, realm)

  test('one that is an array or an object is read through its traps', () => {
    expect(toHex(guest.encode(evaluate('new Proxy([1, 2], {})')))).toBe('920102')
    expect(toHex(guest.encode(evaluate('new Proxy({ a: 1 }, {})')))).toBe('81a16101')
  })

  test('what a trap throws passes as it is, and the codec goes on afterwards', () => {
    expect(() =>
      guest.encode(
        evaluate(`({ a: new Proxy({}, { ownKeys() { throw new RangeError('mine') } }) })`),
      ),
    ).toThrow('mine')
    expect(toHex(guest.encode([1]))).toBe('9101')
  })

  test('lies about lengths, keys and order never give bytes that are not canonical', () => {
    const lies = [
      `new Proxy([1, 2], { get: (t, k) => k === 'length' ? 1e9 : t[k] })`,
      `new Proxy([1, 2], { get: (t, k) => k === 'length' ? -1 : t[k] })`,
      `new Proxy([1, 2], { get: (t, k) => k === 'length' ? 1.5 : t[k] })`,
      `new Proxy([1, 2], { get: (t, k) => k === 'length' ? { valueOf: () => 2 } : t[k] })`,
      `new Proxy({}, { ownKeys: () => ['b', '1'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })`,
      `new Proxy({}, { ownKeys: () => ['2', '1'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })`,
      `new Proxy({ a: 1 }, { getOwnPropertyDescriptor: () => undefined })`,
    ]
    for (const lie of lies) {
      let bytes: Uint8Array
      try {
        bytes = guest.encode(evaluate(lie))
      } catch {
        continue
      }
      expect(toHex(encodeValue(decodeValue(bytes)))).toBe(toHex(bytes))
    }
  })

  test('a trap that changes the Map or array it stands in', () => {
    for (const source of [
      `(() => { const m = new Map(); m.set(1, new Proxy({}, { ownKeys() { m.set(2, 2); return [] } })); return m })()`,
      `(() => { const m = new Map(); m.set(1, new Proxy({}, { ownKeys() { m.delete(2); return [] } })); m.set(2, 2); return m })()`,
      `(() => { const s = new Set(); s.add(new Proxy({}, { ownKeys() { s.add(3); return [] } })); return s })()`,
    ]) {
      expect(() => guest.encode(evaluate(source))).toThrow('that changes while it is read')
    }
    const shrinking = evaluate(
      `(() => { const l = [new Proxy({}, { ownKeys() { l.length = 1; return [] } }), 2, 3]; return l })()`,
    )
    expect(sameValue(decodeValue(guest.encode(shrinking)), [{}, undefined, undefined])).toBe(true)
  })

  test('a trap that encodes something else meanwhile', () => {
    const value = evaluate(`(encode) => ['before', new Proxy({ inner: 1 }, { ownKeys(t) {
      encode(['nested', 'x'.repeat(10000)], { maxDepth: 1 })
      try { encode(() => 1) } catch {}
      return Reflect.ownKeys(t)
    } }), 'after']`) as (encode: GuestCodec['encode']) => unknown
    expect(toHex(guest.encode(value(guest.encode)))).toBe(
      toHex(encodeValue(['before', { inner: 1 }, 'after'])),
    )
  })
})

test('in a real isolate', () => {
  // In a process of its own: isolated-vm wants a Node without a start-up snapshot.
  const program = `
    const { createRequire } = require('node:module')
    const ivm = createRequire(process.argv[1])('isolated-vm')
    const isolate = new ivm.Isolate()
    const context = isolate.createContextSync()
    context.evalSync('globalThis.codec = ' + require('node:fs').readFileSync(0, 'utf8'))
    const hex = context.evalSync(\`(() => {
      const value = { m: new Map([[1n, new Date(5)]]), s: new Set([undefined]), b: new Uint8Array([1, 2]), t: 'é😀', n: [-0, NaN, 1.5, 2 ** 53] }
      const bytes = codec.encode(value)
      const again = codec.encode(codec.decode(bytes))
      let error
      try { codec.encode({ f() {} }) } catch (e) { error = e.name + ' ' + e.path }
      return JSON.stringify([Array.from(bytes), Array.from(again), error])
    })()\`)
    process.stdout.write(hex)
  `
  const output = execFileSync(
    process.execPath,
    [
      '--no-node-snapshot',
      '-e',
      program,
      new URL('../../sandbox/package.json', import.meta.url).pathname,
    ],
    { input: runtimeCodec, encoding: 'utf8' },
  )
  const [bytes, again, error] = JSON.parse(output) as [number[], number[], string]
  const value = {
    m: new Map([[1n, new Date(5)]]),
    s: new Set([undefined]),
    b: Uint8Array.of(1, 2),
    t: 'é😀',
    n: [-0, Number.NaN, 1.5, 2 ** 53],
  }
  expect(bytes).toStrictEqual([...encodeValue(value)])
  expect(again).toStrictEqual(bytes)
  expect(error).toBe('ValueError $.f')
})
