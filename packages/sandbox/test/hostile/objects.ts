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
export const chainBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
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
    `const chain = (root) => { let p = root; for (let i = 0; i < 20; i++) p = Object.create(p); return p }
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
    `let p = {}; for (let i = 0; i < 28; i++) p = Object.create(p); ${miss}`,
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
