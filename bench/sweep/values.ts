/**
 * The values that the sweep passes to built-ins: for each kind the text of an expression that makes one of size `n`. `prelude`
 * defines the names that the expressions use beside the language's own.
 */

export type Kinds = Readonly<Record<string, string>>

/** Runs once at the top of the swept script. */
export const prelude = `
/** A text that the engine keeps in one piece. */
const flat = (text) => { text.charCodeAt(0); return text }
const list = (n, item) => Array.from({ length: n }, (_, i) => item(i))
const rope = (n) => { let text = ''; for (let i = 0; text.length < n; i++) text += 'piece of text ' + i; return text.slice(0, n) }
const withNames = (n, value = (i) => i) => { const o = {}; for (let i = 0; i < n; i++) o['k' + i] = value(i); return o }
const withNumbers = (n) => { const o = {}; for (let i = 0; i < n; i++) o[i] = i; return o }
const withSymbols = (n) => { const o = {}; for (let i = 0; i < n; i++) o[Symbol()] = i; return o }
const withHidden = (n) => { const o = {}; for (let i = 0; i < n; i++) Object.defineProperty(o, 'h' + i, { value: i, configurable: true, writable: true }); return o }
const f = (y) => y
const order = (y, z) => (y < z ? -1 : y > z ? 1 : 0)
`

export const texts: Kinds = {
  'one-byte text': "flat('x'.repeat(n))",
  'two-byte text': "flat('\\u0142'.repeat(n))",
  'text of pairs': "flat('😀'.repeat(n / 2 + 1))",
  rope: 'rope(n)',
  'slice of a text': "flat('x'.repeat(n + 40)).slice(20, n + 20)",
  digits: "flat('7'.repeat(n))",
  'text of words': "flat('ab, '.repeat(n / 4 + 1))",
}

export const arrays: Kinds = {
  'packed array': 'list(n, (i) => i)',
  'array of fractions': 'list(n, (i) => i + 0.5)',
  'array of texts': "list(n, (i) => 'k' + i)",
  'array of objects': 'list(n, (i) => ({ i }))',
  'array with holes': '(() => { const a = list(n, (i) => i); delete a[n >> 1]; return a })()',
  'array in a table': '(() => { const a = list(n, (i) => i); a[n + 20_000] = 1; return a })()',
  'array of arrays': 'list(n, (i) => [i])',
}

export const objects: Kinds = {
  'object with names': 'withNames(n)',
  'object with numbers': 'withNumbers(n)',
  'object with symbols': 'withSymbols(n)',
  'object with hidden names': 'withHidden(n)',
  'object with numbers and a name': 'Object.assign(withNumbers(n), { k: 1 })',
  'object with names that begin with digits': "Object.fromEntries(list(n, (i) => [i + 'th', i]))",
  'frozen object': 'Object.freeze(withNames(n))',
}

export const tables: Kinds = {
  'Map of numbers': 'new Map(list(n, (i) => [i, i]))',
  'Map of texts': "new Map(list(n, (i) => ['k' + i, i]))",
  'Set of numbers': 'new Set(list(n, (i) => i))',
  'Set of texts': "new Set(list(n, (i) => 'k' + i))",
}

export const bytes: Kinds = {
  Uint8Array: 'new Uint8Array(n).fill(97)',
  Float64Array: 'Float64Array.from({ length: n }, (_, i) => i)',
  BigInt64Array: 'new BigInt64Array(n)',
}

export const proxied: Kinds = {
  'proxy of an array': 'new Proxy(list(n, (i) => i), {})',
  'proxy of an object': 'new Proxy(withNames(n), {})',
}

export const bigints: Kinds = {
  BigInt: '(1n << BigInt(Math.min(64 * n, 120_000))) - 3n',
}

const others: Kinds = {
  number: 'n + 0.3',
  date: 'new Date(n * 1e6)',
  function: '(a) => a',
  expression: '/a+b/g',
  promise: 'Promise.resolve(n)',
  error: "new Error('x'.repeat(n))",
  undefined: 'undefined',
}

/** An argument of any kind. */
export const anything: Kinds = {
  ...texts,
  ...arrays,
  ...objects,
  ...tables,
  ...bytes,
  ...proxied,
  ...bigints,
  ...others,
}
