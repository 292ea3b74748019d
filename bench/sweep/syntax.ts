/** Rows for syntax: operators, literals, patterns, loops, calls, classes, and all that an engine does for them. */
import type { Row } from './row.ts'
import { anything, arrays, bigints, type Kinds, objects, proxied, tables, texts } from './values.ts'

const one: Kinds = { nothing: '0' }
const iterables: Kinds = { ...arrays, ...tables, ...texts, ...proxied }

const bodies: readonly (readonly [name: string, kinds: Kinds, body: string])[] = [
  ['x + x', { ...texts, ...bigints, number: 'n' }, 'x + x'],
  ["x + '!'", anything, "typeof x === 'symbol' ? 0 : x + '!'"],
  ['x * x', { ...bigints, number: 'n', digits: texts['digits'] as string }, 'x * x'],
  ['x ** 2', { ...bigints, number: 'n' }, "x ** (typeof x === 'bigint' ? 2n : 2)"],
  ['x << 3', { ...bigints, number: 'n' }, "x << (typeof x === 'bigint' ? 3n : 3)"],
  ['x / 3', { ...bigints, number: 'n' }, "x / (typeof x === 'bigint' ? 3n : 3)"],
  ['-x', anything, '-x'],
  ['x === b', anything, 'x === b'],
  ['x == b', anything, 'x == b'],
  ['x < b', anything, 'x < b'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the swept script
  ['template', anything, '`a${x}b`'],
  ['typeof', anything, 'typeof x'],
  ["'k1' in x", { ...objects, ...arrays, ...proxied }, "'k1' in x"],
  ['x instanceof Array', { ...objects, ...arrays, ...proxied }, 'x instanceof Array'],
  ['x[1]', { ...objects, ...arrays, ...texts, ...proxied }, 'x[1]'],
  ['x.k1', { ...objects, ...arrays, ...texts, ...proxied }, 'x.k1'],
  ['x[1] = 1', { ...objects, ...arrays, ...proxied }, '(x[t & 1] = t)'],
  ['x.k1 = 1', { ...objects, ...proxied }, '(x.k1 = t)'],
  ['x.k1 += 1', { ...objects, ...proxied }, '(x.k1 += 1)'],
  ['x[1]++', { ...objects, ...arrays, ...proxied }, 'x[1]++'],
  ['delete x.k1', { ...objects, ...proxied }, 'delete x.k1'],
  ['delete and add', { ...objects }, '(delete x.k1, (x.k1 = 1))'],
  ['x["k" + t], new', { empty: '({})' }, "(x['k' + t] = t)"],
  ['x[text], new', texts, '({ [x + t]: 1 })'],
  ['x[text], read', texts, '({})[x + t]'],
  ['x[text], known', texts, '({})[x]'],
  ['for of', iterables, 'for (const y of x) kept = y'],
  ['for in', { ...objects, ...arrays, ...texts, ...proxied }, 'for (const y in x) kept = y'],
  ['spread into a list', iterables, '[...x]'],
  ['spread and one more', arrays, '[...x, 1]'],
  ['spread of the rest', iterables, '(() => { const [, ...y] = x; return y })()'],
  ['spread into an object', { ...objects, ...arrays, ...proxied }, '({ ...x })'],
  ['spread and one name more', objects, '({ ...x, k1: 1 })'],
  [
    'rest of an object',
    { ...objects, ...proxied },
    '(() => { const { k1, ...y } = x; return y })()',
  ],
  ['spread into a call', { 'small array': 'list(Math.min(n, 30_000), f)' }, 'f(...x)'],
  ['spread into Math.max', { 'small array': 'list(Math.min(n, 30_000), f)' }, 'Math.max(...x)'],
  [
    'spread in a reduce',
    { array: 'list(Math.min(n, 300), f)' },
    'x.reduce((a, y) => [...a, y], [])',
  ],
  [
    'object spread in a reduce',
    { array: 'list(Math.min(n, 300), f)' },
    "x.reduce((a, y) => ({ ...a, ['k' + y]: y }), {})",
  ],
  ['first of a list', iterables, '(() => { const [y] = x; return y })()'],
  ['array literal', one, '[1, 2, 3, 4, t]'],
  ['object literal', one, '({ a: 1, b: 2, c: t })'],
  ['object of names', one, "({ a: 'x', b: 'y', c: { d: 'z' }, e: ['q'] })"],
  ['regexp literal', one, '/a+b/'],
  ['arrow', one, '() => t'],
  ['function', one, 'function () { return t }'],
  ['class', one, 'class { #a = 1; b() { return this.#a } }'],
  ['class with statics', one, 'class { static a = 1; static b = 2; static { this.c = 3 } }'],
  ['derived class', one, 'class extends Array {}'],
  ['instance', { class: 'class { a = 1; b = [] }' }, 'new x()'],
  ['derived instance', { class: 'class extends Map { a = 1 }' }, 'new x()'],
  ['private', { instance: 'new (class { #a = 1; get() { return this.#a++ } })()' }, 'x.get()'],
  ['getter', { object: '({ get a() { return 1 } })' }, 'x.a'],
  ['call', one, 'f(t)'],
  ['rest parameter', { function: '(...all) => all.length' }, 'x(1, 2, 3)'],
  ['arguments', { function: 'function () { return arguments.length }' }, 'x(1, 2, 3)'],
  ['default', { function: '(a = 1, { b = 2 } = {}) => a + b' }, 'x()'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the swept script
  ['tagged template', one, 'f`a${t}b`'],
  ['optional chain', objects, 'x?.k1?.y'],
  [
    'generator',
    { function: 'function* () { for (let i = 0; i < Math.min(n, 1_000); i++) yield i }' },
    '[...x()]',
  ],
  ['generator, first', { function: 'function* () { yield 1 }' }, 'x().next()'],
  ['yield*', { function: 'function* (l) { yield* l }' }, '[...x([1, 2, 3])]'],
  ['recursion', { function: '(d) => (d === 0 ? 0 : 1 + x(d - 1))' }, 'x(Math.min(n, 300))'],
  [
    'switch of texts',
    { text: "'k' + (n % 7)" },
    "(() => { switch (x) { case 'k0': return 0; case 'k1': return 1; case 'k5': return 5; default: return 9 } })()",
  ],
  ['using', one, '(() => { using y = { [Symbol.dispose]() {} }; return y })()'],
  ['labels', one, '(() => { a: for (let i = 0; i < 3; i++) for (;;) continue a; return 0 })()'],
  ['new Array(n)', { size: 'n' }, 'new Array(x)'],
  ['length = n', { size: 'n' }, '(() => { const a = []; a.length = x; return a })()'],
  ['push', { array: '[]' }, 'x.push(t)'],
  ['push and shift', arrays, '(x.push(1), x.shift())'],
  ['pop and push', arrays, 'x.push(x.pop())'],
  [
    'text built by units',
    { size: 'n' },
    "(() => { let s = ''; for (let i = 0; i < Math.min(x, 10_000); i++) s += 'x'; return s.charCodeAt(s.length >> 1) })()",
  ],
  ['new pattern', { text: "'x'.repeat(Math.min(n, 1_000))" }, 'new RegExp(x + t)'],
  ['new pattern, used', { text: "'x'.repeat(Math.min(n, 1_000))" }, "new RegExp(x + t).test('y')"],
  [
    'new pattern, classes',
    { text: "'[a-z0-9_]'.repeat(Math.min(n, 100))" },
    "new RegExp(x + t, 'u').test('y')",
  ],
  [
    'new pattern, properties',
    { text: "'\\\\p{L}'.repeat(Math.min(n, 20))" },
    "new RegExp(x + t, 'iu').test('y')",
  ],
  [
    'new pattern, properties, v',
    { text: "'[\\\\p{L}--[a-z]]'.repeat(Math.min(n, 20))" },
    "new RegExp(x + t, 'iv').test('y')",
  ],
  [
    'new pattern, not a property',
    { text: "'\\\\P{Lu}'.repeat(Math.min(n, 20))" },
    "new RegExp(x + t, 'iu').test('y')",
  ],
  [
    'new pattern, i',
    { text: "'[^a-z]é'.repeat(Math.min(n, 20))" },
    "new RegExp(x + t, 'iu').test('y')",
  ],
  [
    'new pattern, choices',
    { text: "'a|bc|'.repeat(Math.min(n, 100))" },
    "new RegExp(x + t).test('y')",
  ],
  [
    'new pattern, groups',
    { text: "'(?<n>a)'.repeat(1) + '(a)'.repeat(Math.min(n, 100))" },
    "new RegExp(x + t).exec('y')",
  ],
  ['instance of a new class', one, 'new (class { a = t })()'],
  ['property of many shapes', one, "({ ['a' + (t & 1023)]: 1, b: 2 }).b"],
]

const awaited: readonly (readonly [name: string, kinds: Kinds, body: string])[] = [
  ['await a value', one, 't'],
  ['await a promise', one, 'Promise.resolve(t)'],
  ['await an async call', { function: 'async () => 1' }, 'x()'],
  ['await then', one, 'Promise.resolve(t).then(f)'],
  ['await all', { array: 'list(Math.min(n, 1_000), f)' }, 'Promise.all(x)'],
  ['await new Promise', one, 'new Promise((resolve) => { resolve(t) })'],
  [
    'for await',
    { array: 'list(Math.min(n, 1_000), f)' },
    '(async () => { for await (const y of x) kept = y })()',
  ],
  [
    'async generator',
    { function: 'async function* () { for (let i = 0; i < Math.min(n, 1_000); i++) yield i }' },
    '(async () => { for await (const y of x()) kept = y })()',
  ],
]

/** What a unit of fuel is told by: turns of an ordinary loop. */
export const referenceRow: Row = {
  name: 'a turn of a loop',
  kind: 'nothing',
  made: '0',
  body: '(() => { let sum = 0; for (let i = 0; i < 1_000; i++) sum = (sum + i * 3) | 0; return sum })()',
}

export function syntaxRows(): Row[] {
  const rowsOf =
    (isAsync: boolean) =>
    ([name, kinds, body]: (typeof bodies)[number]): Row[] =>
      Object.entries(kinds).map(([kind, made]) => ({
        name,
        kind,
        made,
        body,
        isAsync,
        isStatement: /^(?:for|let|try|throw) /.test(body),
      }))
  return [...bodies.flatMap(rowsOf(false)), ...awaited.flatMap(rowsOf(true))]
}
