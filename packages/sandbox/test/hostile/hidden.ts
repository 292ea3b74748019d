/** Built-ins that run for longer, or make more, than what they are given shows, as in scripts.ts. */
import type { Ending } from './scripts.ts'

const claiming =
  "const p = new Proxy([], { get: (t, k) => (k === 'length' ? 3e7 : t[k]), has: () => false }); "

/** What runs in the engine more often, or for more, than what it was given shows. */
export const hiddenBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'a reviver that puts in more': [
    "JSON.parse('[1,[2]]', function (k, v) { if (k === '0' && this[1]?.length) this[1] = new Array(4_000_000); return v })",
    'fuel',
  ],
  'a reviver that puts in what is deep': [
    "let deep = null; for (let i = 0; i < 30_000; i++) deep = { deep }; try { JSON.parse('[1,2]', function (k, v) { if (k === '0') this[1] = deep; return v }) } catch {}",
    'depth',
  ],
  'raw JSON': ["const t = '\"' + 'x'.repeat(8_000_000) + '\"'; for (;;) JSON.rawJSON(t)", 'fuel'],
  'lists of errors': [
    'const a = new Array(100_000).fill(1); for (;;) new AggregateError(a)',
    'fuel',
  ],
  'lists of errors, kept': [
    'const a = new Array(100_000).fill(1); for (;;) keep.push(new AggregateError(a))',
    'fuel',
  ],
  'a part of concat that grows meanwhile': [
    'const a = []; const g = { get [Symbol.isConcatSpreadable]() { a.length = 4_000_000; return false } }; const parts = [g]; for (let i = 0; i < 1_000; i++) parts.push(a); [].concat(...parts)',
    'fuel',
  ],
  'arguments that a proxy claims': [
    '(() => 1).apply(null, new Proxy({}, { get: () => 1e8 }))',
    'fuel',
  ],
  'names that a trap claims': [
    'Reflect.ownKeys(new Proxy({}, { ownKeys: () => ({ length: 1e8 }) }))',
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'items that a proxy claims: map': [`${claiming}p.map((x) => x)`, 'fuel'],
  'items that a proxy claims: slice': [`${claiming}p.slice()`, 'fuel'],
  'items that a proxy claims: splice': [`${claiming}p.splice(0)`, 'fuel'],
  'items that a proxy claims: with': [`${claiming}p.with(0, 1)`, 'throws ERR_VMS_ARRAY_TOO_LARGE'],
  'items that a proxy claims: toReversed': [
    `${claiming}p.toReversed()`,
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'items that a proxy claims: from': [
    "Array.from(new Proxy({}, { get: (t, k) => (k === 'length' ? 3e7 : t[k]) }))",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'many digits': ['for (;;) (1.234e20).toFixed(100)', 'fuel'],
  'many digits of a small one': ['for (;;) (1.2345e-300).toPrecision(100)', 'fuel'],
  'texts that are hard to round': [
    "const s = '1.00000000000000011102230246251565404236316680908203125'.padEnd(240, '0') + '1'; for (;;) +s",
    'fuel',
  ],
  'BigInts in messages': ['const b = 1n << 131_000n; for (;;) new Error(b)', 'fuel'],
  'iterators of iterators': [
    'const f = (x) => x; const it = [].values(); for (;;) keep.push(it.map(f))',
    'fuel',
  ],
  'wrapped iterators': ['const it = { next() {} }; for (;;) keep.push(Iterator.from(it))', 'fuel'],
  'promises that are tried': ['for (;;) keep.push(Promise.try(Math.abs))', 'fuel'],
  'promises of nothing': [
    'const a = []; for (;;) keep.push(Promise.any(a), Promise.all(a))',
    'fuel',
  ],
  'lists that are promised': ['const a = []; for (;;) keep.push(Array.fromAsync(a))', 'fuel'],
  descriptions: [
    "const o = { a: 1 }; for (;;) keep.push(Object.getOwnPropertyDescriptor(o, 'a'))",
    'fuel',
  ],
}
