/**
 * The price table against the machine: a built-in that gets twice as much costs more by what its rows say. Each case names the sizes
 * of one call, so a rate, a size or a name that differs between the table and the code is found.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../../tests/harness/random.ts'
import { priceTable, sizes } from '../../src/runtime/metering/price-table.js'
import { kept } from '../../src/world/list.ts'
import { Bench } from '../bench.ts'

/** Name of a size → its count for `n`. */
type Counts = Readonly<Record<string, (n: number) => number>>

interface Case {
  /** Path of the built-in, as in the list of the world. */
  readonly path: string
  /** Expression of `n` for the value `x`. */
  readonly made: string
  /** Expression of `x` and `n`. */
  readonly call: string
  readonly counts: Counts
  /** Units for each of `n` that other built-ins take, which this one calls. */
  readonly others: number
}

const PRICES = readFileSync(
  new URL('../../src/runtime/metering/prices.js', import.meta.url),
  'utf8',
)

/** Units of a rate or of a price for each use. */
function unitsOf(name: string): number {
  const [, units = '', divisor = '1'] =
    new RegExp(`^ {2}${name}: ([\\d_]+)(?: / (\\d+))?,$`, 'm').exec(PRICES) ?? []
  expect(units, name).not.toBe('')
  return Number(units.replaceAll('_', '')) / Number(divisor)
}

const each = (n: number): number => n
const times =
  (factor: number) =>
  (n: number): number =>
    factor * n

const cases: Case[] = []

/** A case for each of some built-ins; a method is called on `self`. */
function add(
  of: string,
  names: string,
  made: string,
  counts: Counts,
  {
    given = 'Boolean',
    others = 0,
    self = 'x',
  }: { given?: string; others?: number; self?: string } = {},
): void {
  for (const name of names.split(' ')) {
    const owner = of.endsWith('.prototype') ? self : of
    const call = `${owner}.${name}(${given})`
    cases.push({ path: `${of}.${name}`, made, call, counts, others })
  }
}

/** The comparisons of a merge sort take `Boolean`, which costs nothing. */
function sorted(n: number): number {
  let levels = 1
  for (let m = n; m > 1; m /= 2) levels += 1
  return n * levels
}

/** Units for an item that is spread into arguments, which are counted. */
const SPREAD = unitsOf('spreadItem') + 1

const LIST = 'list(n, (i) => i + 1)'
const TEXT = "flat('x'.repeat(n))"
/** A list in JSON. */
const LIST_TEXT = "flat('[' + list(n, () => 7) + ']')"
const OBJECT = 'withNames(n, (i) => i)'
const SYMBOLS = 'withSymbols(n)'

function addArrays(): void {
  const items = { items: each }
  const array = 'Array.prototype'
  add(array, 'every filter find findIndex findLast findLastIndex', LIST, items)
  add(array, 'forEach map reduce reduceRight some', LIST, items)
  add(array, 'flat', LIST, items, { given: '' })
  add(array, 'flatMap', LIST, items, { others: unitsOf('call') })
  add(array, 'concat reverse slice toReversed', LIST, items, { given: '' })
  add(array, 'copyWithin fill splice toSpliced unshift with', LIST, items, { given: '0, 0' })
  add(array, 'shift', 'list(64 * n, (i) => i)', { items: times(64) }, { given: '' })
  add(array, 'includes indexOf lastIndexOf', LIST, items, { given: '-1' })
  const sought = { items: each, soughtUnits: times(48) }
  add(array, 'includes indexOf lastIndexOf', LIST, sought, { given: "'x'.repeat(48)" })
  add(array, 'sort toSorted', LIST, { sortedItems: sorted })
  add(array, 'join toLocaleString', 'list(n, () => null)', items, { given: "''" })
  const texts = { items: each, madeUnits: times(8) }
  add(array, 'join', "list(n, () => '12345678')", texts, { given: "''" })
  const taken = "Object.defineProperty(list(n, (i) => i + 1), 'constructor', { value: undefined })"
  add(array, 'concat slice', taken, { takenItems: each }, { given: '' })
  add(array, 'filter flatMap map', taken, { takenItems: each })
  add(array, 'splice', taken, { takenItems: times(2) }, { given: '0' })
  add('Array', 'of', LIST, items, { given: '...x', others: SPREAD })
  add('Array', 'from', LIST, { iterated: each, items: each }, { given: 'x' })
  add('Array', 'fromAsync', LIST, { iterated: each }, { given: 'x' })
}

function addBytes(): void {
  const bytes = { bytes: each }
  const items = { items: each }
  const kinds = priceTable.find(({ of, size }) => of === 'globalThis' && size === 'elements')
  for (const kind of kinds?.what.split(' ') ?? []) {
    const width = Number(/\d+/.exec(kind)) / 8
    const isBig = kind.startsWith('Big')
    const add = (made: string, counts: Counts): void => {
      cases.push({ path: kind, made, call: `new ${kind}(x)`, counts, others: 0 })
    }
    add('n', { bytes: times(width) })
    add(`new ${isBig ? 'BigUint64Array' : 'Int8Array'}(n)`, { elements: each })
    add(`list(n, () => ${isBig ? '1n' : '1'})`, { iterated: each })
  }
  const from = { path: '%TypedArray%.from', made: LIST, call: 'Uint8Array.from(x)' }
  cases.push({ ...from, counts: { iterated: each }, others: unitsOf('byte') })
  cases.push({
    path: 'ArrayBuffer',
    made: 'n',
    call: 'new ArrayBuffer(x)',
    counts: bytes,
    others: 0,
  })
  const buffer = 'new ArrayBuffer(n, { maxByteLength: 4 * n })'
  // These make another buffer or array by its constructor.
  const making = { others: unitsOf('byte') }
  add('ArrayBuffer.prototype', 'slice', buffer, bytes, { ...making, given: '' })
  add('ArrayBuffer.prototype', 'transfer transferToFixedLength', buffer, bytes, { given: '' })
  add('ArrayBuffer.prototype', 'resize', buffer, { bytes: times(2) }, { given: '2 * n' })
  const typed = '%TypedArray%.prototype'
  const array = 'new Uint8Array(n).fill(1)'
  add(typed, 'copyWithin fill with', array, bytes, { given: '0, 0' })
  add(typed, 'reverse toReversed', array, bytes, { given: '' })
  add(typed, 'slice', array, bytes, { ...making, given: '' })
  add(typed, 'every find findIndex findLast findLastIndex', array, items)
  add(typed, 'forEach reduce reduceRight some', array, items)
  add(typed, 'filter map', array, items, making)
  add(typed, 'includes indexOf lastIndexOf', array, items, { given: '2' })
  add(typed, 'join', array, items, { given: '' })
  add(typed, 'set', array, items, { given: 'y' })
  add(typed, 'set', array, { elements: each }, { given: 'x' })
  add(typed, 'sort toSorted', array, { sortedItems: sorted }, { given: '' })
  add(typed, 'sort toSorted', array, { comparedItems: sorted })
}

function addObjects(): void {
  const object = { given: 'x' }
  const keys = { keys: each }
  add('Object', 'entries getOwnPropertyNames keys values', OBJECT, keys, object)
  add('Reflect', 'ownKeys', OBJECT, keys, object)
  add('Object', 'entries getOwnPropertyNames keys values', SYMBOLS, { otherKeys: times(4) }, object)
  const symbols = { keys: each, otherKeys: times(3) }
  add('Object', 'getOwnPropertySymbols', SYMBOLS, symbols, object)
  add('Reflect', 'ownKeys', SYMBOLS, symbols, object)
  const properties = { properties: each }
  add('Object', 'freeze getOwnPropertyDescriptors seal', OBJECT, properties, object)
  const closed = `Object.preventExtensions(${OBJECT})`
  add('Object', 'isFrozen isSealed', closed, properties, object)
  add('Object', 'assign', OBJECT, properties, { given: '{}, x' })
  const described = 'withNames(n, () => ({ value: 1 }))'
  add('Object', 'create', described, properties, { given: 'null, x' })
  add('Object', 'defineProperties', described, properties, { given: '{}, x' })
  const pairs = "list(n, (i) => ['k' + i, i])"
  const iterated = { iterated: each }
  add('Object', 'fromEntries', pairs, iterated, object)
  add('Object', 'groupBy', LIST, iterated, { given: 'x, Boolean' })
  add('Map', 'groupBy', LIST, iterated, { given: 'x, Boolean' })
  const kinds = [
    ['Map', 'list(n, (i) => [{}, i])', 1],
    ['WeakMap', 'list(n, (i) => [{}, i])', 2],
    ['Set', 'list(n, () => ({}))', 1],
    ['WeakSet', 'list(n, () => ({}))', 2],
  ] as const
  for (const [path, made, entries] of kinds) {
    const call = `new ${path}(x)`
    cases.push({ path, made, call, counts: iterated, others: entries * unitsOf('entryMade') })
  }
  add('Map.prototype', 'forEach', "new Map(list(n, (i) => ['k' + i, i]))", { items: each })
  const set = "new Set(list(n, (i) => 'k' + i))"
  add('Set.prototype', 'forEach', set, { items: each })
  const sets = 'difference isDisjointFrom isSubsetOf isSupersetOf symmetricDifference'
  add('Set.prototype', sets, set, { bothItems: times(2) }, { given: 'x' })
  // The entries of the set that is made are counted.
  const counted = { given: 'x', others: 1 }
  add('Set.prototype', 'intersection union', set, { bothItems: times(2) }, counted)
  const steps = 'list(n, (i) => i + 1).values()'
  const others = unitsOf('step')
  const step = { steps: each }
  add('Iterator.prototype', 'every forEach reduce', steps, step, { others })
  add('Iterator.prototype', 'find some', steps, step, { given: 'Array.isArray', others })
  add('Iterator.prototype', 'toArray', steps, step, { given: '', others })
  // Array.from takes the steps that these leave.
  const left = unitsOf('step') + unitsOf('visitItem')
  for (const call of ['drop(0)', 'filter(Boolean)', 'map(Boolean)', 'take(n)']) {
    const path = `Iterator.prototype.${call.replace(/\(.*/, '')}`
    cases.push({
      path,
      made: steps,
      call: `Array.from(x.${call})`,
      counts: step,
      others: others + left,
    })
  }
  const promises = { given: 'x', others: 2 * unitsOf('promise') }
  add('Promise', 'all allSettled any race', LIST, iterated, promises)
  const errors = { path: 'AggregateError', made: LIST, call: 'new AggregateError(x)' }
  cases.push({ ...errors, counts: iterated, others: 0 })
}

function addTexts(): void {
  const text = 'String.prototype'
  const units = { units: each }
  add(text, 'concat', TEXT, { madeUnits: each }, { given: "''" })
  add(text, 'padEnd padStart', "'x'", { madeUnits: each }, { given: 'n' })
  add(text, 'repeat', "'x'", { madeUnits: each }, { given: 'n' })
  const tags = 'anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup'
  const cased = 'toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase'
  const trimmed = 'isWellFormed toWellFormed trim trimEnd trimStart'
  add(text, `${tags} ${trimmed} ${cased} normalize`, TEXT, units, { given: '' })
  add(text, 'endsWith includes indexOf localeCompare startsWith', TEXT, units, { given: "'a'" })
  const looked = `${tags} ${trimmed} ${cased} startsWith endsWith localeCompare`
  add(text, looked, TEXT, { argumentUnits: times(6) }, { given: 'x', self: "'a'" })
  add(text, 'lastIndexOf', TEXT, { comparedUnits: times(2) }, { given: "'abcd'" })
  add(text, 'replace', TEXT, units, { given: "'a', 'b'" })
  const whole = { units: each, madeUnits: each }
  add(text, 'replace', TEXT, whole, { given: "'x', 'y'" })
  add(text, 'replaceAll', TEXT, whole, { given: "'a', 'b'" })
  const replaced = { units: each, pieces: times(2), madeUnits: times(8) }
  add(text, 'replaceAll', TEXT, replaced, { given: "'x', '12345678'" })
  add(text, 'split', TEXT, { units: each, parts: each }, { given: "''" })
  const halves = { units: each, parts: (n: number) => n / 4 }
  add(text, 'split', TEXT, halves, { given: "'abcd'" })
  const raw = { pieces: each, madeUnits: times(8) }
  add('String', 'raw', "({ raw: list(n, () => '12345678') })", raw, { given: 'x' })
  add('RegExp', 'escape', TEXT, units, { given: 'x' })
  const read =
    'decodeURI decodeURIComponent encodeURI encodeURIComponent escape parseFloat parseInt unescape'
  for (const path of read.split(' '))
    cases.push({ path, made: "flat('7'.repeat(n))", call: `${path}(x)`, counts: units, others: 0 })
}

function addValues(): void {
  add('JSON', 'parse', LIST_TEXT, { units: times(2) }, { given: 'x' })
  add('JSON', 'rawJSON', "flat('7'.repeat(n))", { units: each }, { given: 'x' })
  const revived = { units: times(2), revivedValues: times(2) }
  const call = unitsOf('call')
  add('JSON', 'parse', LIST_TEXT, revived, { given: 'x, Boolean', others: call })
  const names = { units: times(11), revivedValues: times(2), revivedKeys: each }
  const object = "JSON.stringify(Object.fromEntries(list(n, (i) => ['k' + (10_000 + i), 7])))"
  add('JSON', 'parse', object, names, { given: 'x, Boolean', others: call })
  add('JSON', 'stringify', 'list(n, () => 7)', { values: each }, { given: 'x' })
  add('JSON', 'stringify', TEXT, { innerUnits: each, madeUnits: each }, { given: 'x' })
  const allowed = "list(n, (i) => 'k' + i)"
  add('JSON', 'stringify', allowed, { allowedKeys: each }, { given: '7, x' })
  const products = (n: number): number => n + n * n
  const digits = "flat('7'.repeat(16 * n))"
  cases.push({ path: 'BigInt', made: digits, call: 'BigInt(x)', counts: { products }, others: 0 })
  add('BigInt', 'asIntN asUintN', '64 * n', { digits: each }, { given: 'x, 1n' })
  add('BigInt', 'asIntN asUintN', digits, { products }, { given: '64, x' })
  const large = '1n << BigInt(64 * n - 1)'
  const rounded = { products: (n: number) => products(2 ** Math.ceil(Math.log2(n))) }
  add('BigInt.prototype', 'toLocaleString toString', large, rounded, { given: '' })
  add('Math', 'hypot', LIST, { numbers: each }, { given: '...x', others: SPREAD })
  const proxy = { path: 'Proxy', made: `new Proxy(${LIST}, {})`, call: 'x.indexOf(-1)' }
  cases.push({ ...proxy, counts: { traps: times(2) }, others: 0 })
  add('Math', 'sumPrecise', LIST, { iterated: each }, { given: 'x' })
}

function addPlatform(): void {
  const bytes = { bytes: each }
  const units = { units: each }
  const buffer = 'Buffer.alloc(n)'
  const method = 'Buffer.prototype'
  add('Buffer', 'alloc allocUnsafe allocUnsafeSlow', 'n', bytes, { given: 'x' })
  add('Buffer', 'concat', buffer, { ...bytes, elements: each }, { given: '[x]' })
  add('Buffer', 'from', LIST, { ...bytes, items: each }, { given: 'x' })
  add('Buffer', 'byteLength from', TEXT, units, { given: 'x' })
  add(method, 'copy', buffer, { ...bytes, items: each }, { given: 'x' })
  add(method, 'fill', buffer, { elements: each }, { given: '1' })
  add(method, 'toJSON', buffer, { items: each }, { given: '' })
  add(method, 'toLocaleString toString', buffer, bytes, { given: '' })
  add(method, 'write', TEXT, units, { self: 'Buffer.alloc(1_000)', given: 'x' })
  // They look at each unit or byte once more.
  const encoder = { self: 'new TextEncoder()', given: 'x', others: 1 }
  add('TextEncoder.prototype', 'encode', TEXT, units, encoder)
  const clone = { path: 'structuredClone', made: SYMBOLS, call: 'structuredClone(x)' }
  cases.push({ ...clone, counts: { otherKeys: times(4) }, others: 0 })
  add('System.files', 'writeFile', TEXT, bytes, { given: "'/file', x" })
  const decoder = { self: 'new TextDecoder()', given: 'x', others: 1 }
  add('TextDecoder.prototype', 'decode', 'new Uint8Array(n)', bytes, decoder)
}

/** Rows without a case, where most of the fuel is for something else, or a size cannot be doubled. */
const unshown = [
  'Array.prototype.toLocaleString madeUnits',
  '%TypedArray%.prototype.toLocaleString items',
  'Iterator.prototype.flatMap steps',
  'String.prototype.codePointAt units',
  'String.prototype.codePointAt argumentUnits',
  'String.prototype.replace pieces',
  'String.prototype.normalize argumentUnits',
  'RegExp.prototype.@@split parts',
  'RegExp.prototype.@@replace pieces',
  'RegExp.prototype.@@replace madeUnits',
  'TextEncoder.prototype.encodeInto units',
  'System.files.readFile bytes',
  'System.files.history listedUnits',
  'System.files.readdir listedUnits',
]

const pathOf = (of: string, name: string): string => (of === 'globalThis' ? name : `${of}.${name}`)

/** Built-in → size → units. */
const table = new Map<string, Map<string, number>>()
for (const { of, what, size, rate } of priceTable)
  for (const name of what.split(' ')) {
    const path = pathOf(of, name)
    table.set(path, (table.get(path) ?? new Map()).set(size, unitsOf(rate)))
  }

it('names built-ins of the world, sizes that are explained and prices that exist, each once', () => {
  const seen = new Set<string>()
  for (const { of, what, size, rate } of priceTable) {
    expect(unitsOf(rate)).toBeGreaterThan(0)
    expect(Object.keys(sizes)).toContain(size)
    for (const name of what.split(' ')) {
      expect(kept[of]?.split(' '), of).toContain(name)
      expect(seen).not.toContain(`${of}.${name} ${size}`)
      seen.add(`${of}.${name} ${size}`)
    }
  }
  const used = new Set(priceTable.map(({ size }) => size))
  expect(Object.keys(sizes).filter((size) => !used.has(size))).toEqual([])
})

it('says what twice the size costs', { timeout: 60_000 }, async () => {
  addArrays()
  addBytes()
  addObjects()
  addTexts()
  addValues()
  addPlatform()
  const shown = new Set(
    cases.flatMap(({ path, counts }) => Object.keys(counts).map((size) => `${path} ${size}`)),
  )
  const rows = Array.from(table, ([path, prices]) => [...prices.keys()].map((s) => `${path} ${s}`))
  expect(rows.flat().filter((row) => !shown.has(row))).toEqual(unshown)
  const bench = await Bench.booted(`
const flat = (text) => { text.charCodeAt(0); return text }
const list = (n, item) => Array.from({ length: n }, (_, i) => item(i))
const withNames = (n, value) => Object.fromEntries(list(n, (i) => ['k' + i, value(i)]))
const withSymbols = (n) => { const o = {}; for (let i = 0; i < n; i++) o[Symbol()] = i; return o }
let x, y
const made = [${cases.map(({ made }) => `(n) => ${made}`).join(',\n')}]
const calls = [${cases.map(({ call }) => `(n) => { ${call} }`).join(',\n')}]
exports.make = (i, n) => { x = made[i](n); y = list(n, () => 1) }
exports.call = (i, n) => { calls[i](n) }`)
  const random = seededRandom(Number(process.env['VMS_SEED'] ?? 0))
  const wrong: string[] = []
  for (const [i, { path, call, counts, others }] of cases.entries()) {
    const n = 300 + 4 * random.below(50)
    const fuel: number[] = []
    for (const size of [n, 2 * n]) {
      await bench.call('make', i, size)
      const result = await bench.result('call', i, size)
      const { fuel: used, status } = result
      if (result.changes.length > 0) bench.commit(result)
      if (status !== 'returned') wrong.push(`${call} of ${size}: ${status}`)
      fuel.push(used)
    }
    const expected = Object.entries(counts).map(
      ([size, count]) => (count(2 * n) - count(n)) * (table.get(path)?.get(size) ?? Number.NaN),
    )
    const sum = expected.reduce((a, b) => a + b, others * n)
    const growth = (fuel[1] as number) - (fuel[0] as number)
    if (!(Math.abs(growth - sum) <= 4))
      wrong.push(`${path}: ${call} of ${n}: ${growth}, not ${sum}`)
  }
  await bench.close()
  expect(wrong).toEqual([])
})
