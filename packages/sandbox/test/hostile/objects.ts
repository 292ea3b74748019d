/** Bombs of objects: tables that loops and patterns go over, as in scripts.ts. */
import type { Ending } from './scripts.ts'

const table = "const big = {}; for (let i = 0; i < 50_000; i++) big['k' + i] = i;"
const list = 'const big = Array.from({ length: 100_000 }, () => 1);'
const endless = 'Array.prototype.values.call({ length: 2 ** 53 - 1 })'

/** The head of a loop lists all keys, and a rest element copies all properties, before anything of the script's runs. */
export const tableBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'keys of an object in a loop': [`${table} for (;;) for (const k in big) break`, 'fuel'],
  'keys of an object that nobody sees': [
    "const o = {}; for (let i = 0; i < 5_000; i++) Object.defineProperty(o, 'k' + i, { value: 1 }); for (;;) for (const k in o) break",
    'fuel',
  ],
  'keys of a list in a loop': [`${list} for (;;) for (const k in big) break`, 'fuel'],
  'keys of a buffer in a loop': [
    'const b = new Uint8Array(200_000); for (;;) for (const k in b) break',
    'fuel',
  ],
  'keys of a text in a loop': ["const t = 'x'.repeat(2 ** 23); for (const k in t) break", 'fuel'],
  'keys that are inherited': [
    `${table} for (;;) for (const k in Object.create(big)) break`,
    'fuel',
  ],
  'the rest of an object': [
    `${table} for (;;) { const { a, ...rest } = big; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a parameter': [
    `${table} const f = ({ a, ...rest }) => rest; for (;;) keep.push(f(big))`,
    'fuel',
  ],
  'the rest of a parameter with a default': [
    `${table} const f = ({ a, ...rest } = {}) => rest; for (;;) keep.push(f(big))`,
    'fuel',
  ],
  'the rest of an object within one': [
    `${table} const o = { big }; for (;;) { const { big: { ...rest } } = o; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of an object, by a loop': [
    `${table} for (;;) for (const { ...rest } of [big]) keep.push(rest)`,
    'fuel',
  ],
  'the rest of an object, caught': [
    `${table} for (;;) try { throw big } catch ({ ...rest }) { keep.push(rest) }`,
    'fuel',
  ],
  'the rest of an object, assigned': [
    `${table} let rest; for (;;) { ({ ...rest } = big); keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a text': ["const { ...rest } = 'x'.repeat(2 ** 23)", 'fuel'],
  'a text spread into an object': ["keep.push({ ...'x'.repeat(2 ** 23) })", 'fuel'],
  'the rest of a list within an object': [
    `${list} const o = { big }; for (;;) { const { big: [...rest] } = o; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a list that is a default': [
    `${list} for (;;) { const [[...rest] = big] = []; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a list, by a loop': [
    `${list} for (;;) for (const [...rest] of [big]) keep.push(rest)`,
    'fuel',
  ],
  'the rest of a list, in a loop that waits': [
    `${list} for (;;) for await (const [...rest] of [big]) keep.push(rest)`,
    'fuel',
  ],
  'long texts that a Set finds in one place': [
    "const t = 'x'.repeat(16_400); const s = new Set(); for (let i = 0; ; i++) s.add(String(1e6 + i) + t)",
    'fuel',
  ],
  'an iterator without end within a list': [`const [[...rest]] = [${endless}]`, 'fuel'],
  'an iterator without end within an object': [
    `const f = ({ a: [b, ...rest] }) => rest; f({ a: ${endless} })`,
    'fuel',
  ],
  'an iterator without end, by a loop': [`for (const [...rest] of [${endless}]) break`, 'fuel'],
  'an iterator without end, caught': [
    `try { throw ${endless} } catch ([...rest]) { keep.push(rest) }`,
    'fuel',
  ],
}

const miss = "for (let i = 0; ; i++) p['x' + (i % 100)]"

/** What is looked up in vain is looked for in a whole chain of prototypes: they are short, however they are made. */
export const prototypeChainBombs: Readonly<
  Record<string, readonly [body: string, ending: Ending]>
> = {
  'a chain by Object.create': [
    'let p = {}; for (;;) p = Object.create(p)',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by literals': ['let p = {}; for (;;) p = { __proto__: p }', 'throws ERR_VMS_TOO_DEEP'],
  'a chain by constructors': [
    'function F() {} for (;;) F.prototype = new F()',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by constructors and a description': [
    "function F() {} for (;;) Object.defineProperty(F, 'prototype', { value: new F() })",
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by constructors and Reflect.set': [
    "function F() {} for (;;) Reflect.set(F, 'prototype', new F())",
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by generators': [
    'function* g() {} for (;;) g.prototype = g()',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by classes': [
    'let A = class {}; for (;;) A = class extends A {}',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by Object.setPrototypeOf': [
    'let p = {}; for (;;) p = Object.setPrototypeOf({}, p)',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by __proto__': [
    'let p = {}; for (;;) { const q = {}; q.__proto__ = p; p = q }',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain that grows at its root': [
    'let root = {}; const p = Object.create(root); for (;;) { const next = {}; Object.setPrototypeOf(root, next); root = next }',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'chains that are put together': [
    `const chain = (root) => { let p = root; for (let i = 0; i < 10; i++) p = Object.create(p); return p }
     const root = {}; chain(root); Object.setPrototypeOf(root, chain({}))`,
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by a trap': [
    'let p = {}; for (;;) { const q = p; p = Reflect.construct(Object, [], new Proxy(function () {}, { get: () => q })) }',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a chain by new and a trap': [
    'let p = {}; for (;;) { const q = p; p = new (new Proxy(function () {}, { get: () => q }))() }',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'the longest chain': [
    `let p = {}; for (let i = 0; i < 13; i++) p = Object.create(p); ${miss}`,
    'fuel',
  ],
  'inherited by many': ['const p = {}; for (;;) keep.push(Object.create(p))', 'fuel'],
  'many that inherit from each other and from nothing': [
    'for (;;) keep.push(Object.create(Object.create(null)))',
    'fuel',
  ],
  'prototypes that are changed': [
    'const p = { a: 1 }; for (;;) keep.push(Object.setPrototypeOf({}, p))',
    'fuel',
  ],
}

/** Whole numbers that the engine's hash, turned round, gives for hashes with the same 16 lowest bits. */
const crowd = `const inverse = (a) => { let x = a; for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(a, x)); return x }
const unshift = (k, by) => { let x = k; for (let i = by; i < 32; i += by) x = k ^ (x >>> by); return x | 0 }
const numberOf = (hash) => {
  const product = unshift(Math.imul(unshift(hash, 16), inverse(2057)), 4)
  return Math.imul(unshift(Math.imul(product, inverse(5)), 12) + 1, inverse(0x7fff)) | 0
}
const crowd = Array.from({ length: 12_000 }, (_, i) => numberOf(i * 0x10000 + 77));`

/** Maps and Sets in which all keys are found in one place. */
export const hashCollisionBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> =
  {
    'numbers that a Map finds in one place': [
      `${crowd} const m = new Map(); for (;;) for (const k of crowd) m.set(k, 1).get(crowd[0])`,
      'fuel',
    ],
    'numbers that a Set finds in one place': [
      `${crowd} const s = new Set(crowd); for (;;) s.has(crowd[0])`,
      'fuel',
    ],
    'numbers that a union brings to one place': [
      `${crowd} let s = new Set(); for (let i = 0; i < 12_000; i += 30) s = s.union(new Set(crowd.slice(i, i + 30))); for (;;) s.has(crowd[0])`,
      'fuel',
    ],
    'numbers that are grouped in one place': [
      `${crowd} for (;;) Map.groupBy(crowd, (k) => k)`,
      'fuel',
    ],
  }

const many = (one: (i: number) => string, separator = ';') =>
  Array.from({ length: 100 }, (_, i) => one(i)).join(separator)

/** What syntax makes is paid for by how much of it there is. */
export const floods: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'large classes': [`for (;;) keep.push(class { ${many((i) => `m${i}() {}`)} })`, 'fuel'],
  'classes with static fields': [
    `for (;;) keep.push(class { ${many((i) => `static m${i} = ${i}`)} })`,
    'fuel',
  ],
  'classes that are derived': ['class B {} for (;;) keep.push(class extends B {})', 'fuel'],
  'objects with methods': [`for (;;) keep.push({ ${many((i) => `m${i}() {}`, ',')} })`, 'fuel'],
  'objects with getters': [
    `for (;;) keep.push({ ${many((i) => `get m${i}() { return 1 }`, ',')} })`,
    'fuel',
  ],
  'objects with names of their own': ["let i = 0; for (;;) keep.push({ ['a' + i++]: 1 })", 'fuel'],
  'getters that are defined': [
    "for (;;) keep.push(Object.defineProperty({}, 'a', { get: () => 1 }))",
    'fuel',
  ],
  'objects of arguments': [
    `function f() { return arguments } for (;;) keep.push(f(${many(String, ',')}))`,
    'fuel',
  ],
  'objects of arguments in an arrow function': [
    `function f() { return (() => arguments)() } for (;;) keep.push(f(${many(String, ',')}))`,
    'fuel',
  ],
  'rest parameters': [
    `const f = (...all) => all; for (;;) keep.push(f(${many(String, ',')}))`,
    'fuel',
  ],
  'rest parameters that are taken apart': [
    `const f = (...[a, ...all]) => all; for (;;) keep.push(f(${many(String, ',')}))`,
    'fuel',
  ],
  'rest parameters of generators': [
    `function* f(...all) { yield all } for (;;) keep.push(f(${many(String, ',')}))`,
    'fuel',
  ],
  'arguments out of an object': [
    'const f = function () { keep.push(arguments) }; for (;;) f.apply(null, { length: 30_000 })',
    'fuel',
  ],
  'variables that closures keep': [
    `for (;;) { ${many((i) => `let v${i} = ${i}`)}; keep.push(() => [${many((i) => `v${i}`, ',')}]) }`,
    'fuel',
  ],
  'variables of functions that closures keep': [
    `const f = (${many((i) => `v${i}`, ',')}) => () => [${many((i) => `v${i}`, ',')}]; for (;;) keep.push(f())`,
    'fuel',
  ],
  'variables of turns that closures keep': [
    `for (let ${many((i) => `v${i} = 0`, ',')}; ; ) keep.push(() => ${many((i) => `v${i}`, '+')})`,
    'fuel',
  ],
  'objects in the head of a loop': ['for (; keep.push({ a: [1, 2, 3] }); ) ;', 'fuel'],
  'objects in the test of a loop': ['while (keep.push({ a: [1, 2, 3] })) ;', 'fuel'],
  'objects in the test of a loop at its end': ['do ; while (keep.push({ a: [1, 2, 3] }))', 'fuel'],
  'objects in a pattern of a loop': [
    'const a = Array.from({ length: 1_000 }, () => ({})); for (;;) for (const { b = [1, 2, 3, 4, 5, 6, 7, 8] } of a) keep.push(b)',
    'fuel',
  ],
  'prototypes of functions': ['for (;;) keep.push(function () {}.prototype)', 'fuel'],
  'promises with their functions': ['for (;;) keep.push(Promise.withResolvers())', 'fuel'],
  'promises of values': ['for (let i = 0; ; i++) keep.push(Promise.resolve(i))', 'fuel'],
  'promises that are rejected': ['for (let i = 0; ; i++) keep.push(Promise.reject(i))', 'fuel'],
  'an iterator without end that is waited for': [
    'for await (const x of Array.prototype.values.call({ length: 2 ** 53 - 1 })) ;',
    'fuel',
  ],
  'an iterator without end, by fromAsync': [
    'await Array.fromAsync(Array.prototype.values.call({ length: 2 ** 53 - 1 }))',
    'fuel',
  ],
  'a thenable that gives itself': ['const t = { then(f) { f(t) } }; await t', 'fuel'],
  'thenables that give each other': [
    'const t = { then(f) { f(u) } }, u = { then(f) { f(t) } }; await t',
    'fuel',
  ],
  'a thenable that a getter makes': [
    'const t = { get then() { return (f) => f(t) } }; await t',
    'fuel',
  ],
  'a thenable in a race': ['const t = { then(f) { f(t) } }; await Promise.race([t, t, t])', 'fuel'],
  'a thenable that promises resolve with': [
    'const t = { then(f) { f(t) } }; for (;;) await new Promise((f) => f(t))',
    'fuel',
  ],
  'thenables without end': [
    'for (;;) (async () => { await { then(f) { f({ then(g) { g(1) } }) } } })()',
    'fuel',
  ],
  'steps that are thenables': [
    'for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => ({ then(f) { f({ done: false }) } }) }) }) ;',
    'fuel',
  ],
}

/** A place far behind the end makes the engine take memory for all that lies between, and a name may be that of a length. */
export const computedKeyBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'a sparse list': ['for (let i = 0; ; i++) keep[i * 1000] = i', 'fuel'],
  'short sparse lists': ['for (;;) { const a = []; a[1_000] = 1; keep.push(a) }', 'fuel'],
  'short sparse lists in an object': [
    'const o = {}; for (let i = 1_000; ; ) { o.a = []; o.a[i + 1] = 1; keep.push(o.a) }',
    'fuel',
  ],
  'sparse lists that grow': [
    'for (;;) { const a = []; for (const i of [1_020, 2_500, 4_700]) a[i] = 1; keep.push(a) }',
    'fuel',
  ],
  'far places': ['for (;;) { const a = []; a[2 ** 31] = 1; keep.push(a) }', 'fuel'],
  'sparse objects': ['for (let i = 1_020; ; ) { const o = {}; o[i] = 1; keep.push(o) }', 'fuel'],
  'sparse objects by a literal': ['for (;;) keep.push({ 1020: 1 })', 'fuel'],
  'sparse objects by a field': ['class A { 1020 = 1 } for (;;) keep.push(new A())', 'fuel'],
  'sparse objects by copies': [
    'const far = { 1000: 1 }; for (;;) keep.push(Object.assign({}, far))',
    'fuel',
  ],
  'sparse objects by spreads': ['const far = { 1000: 1 }; for (;;) keep.push({ ...far })', 'fuel'],
  'sparse objects by rests': [
    'const far = { 1000: 1 }; for (;;) { const { a, ...rest } = far; keep.push(rest) }',
    'fuel',
  ],
  'sparse objects by entries': [
    'const far = [[1000, 1]]; for (;;) keep.push(Object.fromEntries(far))',
    'fuel',
  ],
  'sparse objects by groups': ['for (;;) keep.push(Object.groupBy([1], () => 1000))', 'fuel'],
  'sparse objects by descriptions': [
    'const far = { 1000: { value: 1, writable: true, enumerable: true, configurable: true } }; for (;;) keep.push(Object.defineProperties({}, far), Object.create({}, far))',
    'fuel',
  ],
  'sparse objects of descriptions': [
    'const far = { 1000: 1 }; for (;;) keep.push(Object.getOwnPropertyDescriptors(far))',
    'fuel',
  ],
  'sparse objects by clones': [
    'const far = { 1000: 1 }; for (;;) keep.push(structuredClone(far))',
    'fuel',
  ],
  'sparse lists by a text': ["for (;;) { const a = []; a['1000'] = 1; keep.push(a) }", 'fuel'],
  'sparse lists by a BigInt': ['for (;;) { const a = []; a[1000n] = 1; keep.push(a) }', 'fuel'],
  'sparse lists by an object': [
    'const name = { toString: () => 1_000 }; for (;;) { const a = []; a[name] = 1; keep.push(a) }',
    'fuel',
  ],
  'sparse lists by a pattern': [
    'for (;;) { const a = []; [a[1_000]] = [1]; keep.push(a) }',
    'fuel',
  ],
  'sparse lists by a loop': [
    "for (;;) { const a = []; for (a[1_000] of 'x') ; for (a[2_000] in 'x') ; keep.push(a) }",
    'fuel',
  ],
  'sparse lists by operators': [
    'for (let i = 1_000; ; ) { const a = [], b = [], c = []; a[i]++; b[i] ||= 1; c[i] += 1; keep.push(a, b, c) }',
    'fuel',
  ],
  'sparse lists by built-ins': [
    'for (;;) { const a = [], b = []; Reflect.set(a, 1_000, 1); Object.defineProperty(b, 1_000, { value: 1, writable: true, enumerable: true, configurable: true }); keep.push(a, b) }',
    'fuel',
  ],
  'a length that is set by name': [
    "const name = 'len' + 'gth'; keep[name] = 30_000_000",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length that is set by a literal': [
    "keep['length'] = 30_000_000",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length that is set by an object': [
    "keep[['length']] = 30_000_000",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length that is added to by name': [
    "const name = 'length'; keep[name] += 30_000_000",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'lengths that are set by name': [
    "const name = 'length'; for (;;) { const a = []; a[name] = 100_000; keep.push(a) }",
    'fuel',
  ],
  'lengths that are set by a pattern': [
    "const name = 'length'; for (;;) { const a = []; [a[name]] = [100_000]; keep.push(a) }",
    'fuel',
  ],
  'short lengths': ['for (;;) { const a = []; a.length = 1_000; keep.push(a) }', 'fuel'],
  'short arrays of a length': ['for (;;) keep.push(new Array(1_000))', 'fuel'],
  'a chain by names': [
    "const name = 'prototype'; function F() {} for (;;) F[name] = new F()",
    'throws ERR_VMS_TOO_DEEP',
  ],
}
