/** What reading a script finds, and what it leaves alone. */
import { describe, expect, test } from 'vitest'
import { checkText } from '../../src/check/static.ts'

/** Codes with the text that they stand at. */
function found(source: string, length = 8): string[] {
  return checkText(source).map(
    ({ code, start }) => `${code} ${source.slice(start, start + length)}`,
  )
}

describe('what a machine does not have', () => {
  test.each([
    ["eval('1')", 'eval'],
    ["new Function('a')", 'Function'],
    ["Function('a')()", 'Function'],
    ['new Intl.NumberFormat()', 'Intl'],
    ['new WeakRef({})', 'WeakRef'],
    ['new SharedArrayBuffer(8)', 'SharedAr'],
    ['Atomics.load(x, 0)', 'Atomics'],
    ['WebAssembly.compile(x)', 'WebAssem'],
    ['process.env.HOME', 'process'],
    ['require(name)', 'require'],
    ["fetch('https://example.org')", 'fetch'],
    ['performance.now()', 'performa'],
    ['globalThis.process.pid', 'globalTh'],
    ["import('x')", 'import'],
  ])('%s', (code, at) => {
    const [first, ...others] = found(`exports.a = () => ${code}`)
    expect(first).toMatch(/^REFUSED_API /)
    expect(first).toContain(at)
    expect(others).toEqual([])
  })

  test.each([
    'exports.a = (process) => process.env',
    'const fetch = () => 1; exports.a = () => fetch()',
    'exports.a = () => { const Intl = {}; return Intl.x }',
    'class WeakRef {}; exports.a = () => new WeakRef()',
    'exports.a = () => { try { throw 1 } catch (performance) { return performance.now } }',
    'exports.a = (x) => x instanceof Function',
    'exports.a = (x) => x.eval(1) + x.process',
    'exports.a = () => ({ process: 1, fetch: 2 })',
    "exports.a = () => typeof process === 'undefined'",
    "exports.a = () => (typeof process === 'object' ? process.env.A : 'none')",
    "exports.a = () => typeof fetch === 'function' && fetch('x')",
    "exports.a = () => { if (typeof globalThis.process !== 'undefined') process.exit() }",
    'exports.a = () => globalThis.process',
    'process: for (;;) break process',
  ])('left alone: %s', (source) => {
    expect(found(source)).toEqual([])
  })

  test('names line up with the first character of the name', () => {
    const source = 'exports.a = () => {\n  return process.env\n}'
    expect(checkText(source)).toMatchObject([
      { code: 'REFUSED_API', severity: 'error', start: source.indexOf('process') },
    ])
  })
})

describe('dates as text', () => {
  test.each([
    "new Date('1 May 2026')",
    "Date.parse('05/01/2026')",
    "new Date('2026-5-1')",
    "new Date('2026-05-01 12:00')",
    "new globalThis.Date('x'), new Date('x')",
  ])('%s', (code) => {
    expect(found(`exports.a = () => ${code}`, 3)).toHaveLength(1)
  })

  test.each([
    "new Date('2026-05-01')",
    "Date.parse('2026-05-01T12:00:00.000Z')",
    "new Date('2026-05-01T12:00:00+02:00')",
    'new Date(text)',
    'new Date(2026, 4, 1)',
    "class Date {}; new Date('x')",
  ])('left alone: %s', (code) => {
    expect(found(`exports.a = (text) => { ${code} }`)).toEqual([])
  })
})

describe('state in variables', () => {
  test.each([
    ['let n = 0; exports.a = () => { n++ }', 'n++ }'],
    ['let n = 0; const bump = () => { n += 1 }; exports.a = () => bump()', 'n += 1'],
    ['const seen = new Map(); exports.a = (k) => seen.set(k, 1)', 'seen.set'],
    ['const list = []; exports.a = (x) => { list.push(x) }', 'list.pus'],
    ['const all = {}; exports.a = (x) => { all[x] = 1 }', 'all[x] ='],
    ['const all = {}; exports.a = (x) => { delete all.x }', 'all.x }'],
    ['const all = { b: [] }; exports.a = (x) => { all.b.push(x) }', 'all.b.pu'],
    ['const all = {}; exports.a = (x) => Object.assign(all, x)', 'all, x)'],
    ['exports.n = 0; exports.a = () => { exports.n += 1 }', 'exports.'],
    ['let n; exports.init = () => { n = 1 }', 'n = 1 }'],
    ['let n = 0; class A { go() { n++ } }; exports.a = () => new A().go()', 'n++ } }'],
    ['let n = 0; function go() { n++ }; module.exports = { a: go }', 'n++ }; m'],
    ['let n = 0; const a = () => { [n] = [1] }; Object.assign(exports, { a })', 'n] = [1]'],
  ])('%s', (source, at) => {
    expect(found(source, at.length)).toEqual([`MODULE_STATE ${at}`])
  })

  test.each([
    'let n = 0; n += 1; exports.a = () => n',
    'let n = 0; (() => { n++ })(); exports.a = () => n',
    'let n = 0; const never = () => { n++ }; exports.a = () => 1',
    'const list = [1]; exports.a = () => list.map((x) => x + 1)',
    'exports.a = () => { let n = 0; n++; const m = new Map(); m.set(1, n); return n }',
    'const all = {}; exports.a = (all) => { all.x = 1 }',
    'const total = new Big(1); exports.a = () => total.add(2)',
    'exports.a = () => 1; exports.b = () => exports.a()',
    'for (const name of ["a"]) exports[name] = () => name',
  ])('left alone: %s', (source) => {
    expect(found(source)).toEqual([])
  })

  test('each variable is said once', () => {
    expect(
      found('let n = 0; exports.a = () => { n++; n-- }; exports.b = () => { n = 0 }'),
    ).toHaveLength(1)
  })
})

describe('promises that nobody waits for', () => {
  test.each([
    "exports.a = async () => { System.files.writeFile('/a', '') }",
    'const save = async () => {}; exports.a = async () => { save() }',
    'async function save() {} exports.a = () => { save() }',
    "exports.a = async () => { System.files.readFile('/a').then(() => {}) }",
    'exports.a = async () => { Promise.all([]) }',
    'exports.a = async () => { new Promise(() => {}) }',
    'exports.a = async (l) => { l.forEach(async () => {}) }',
    "exports.a = async () => { const p = System.files.mkdir('/a') }",
    'exports.b = async () => {}; exports.a = async () => { exports.b() }',
    'exports.a = async () => { (async () => {})() }',
  ])('%s', (source) => {
    expect(found(source).map((text) => text.split(' ')[0])).toEqual(['FLOATING_PROMISE'])
  })

  test.each([
    "exports.a = async () => { await System.files.writeFile('/a', '') }",
    "exports.a = () => System.files.readFile('/a')",
    'const save = () => {}; exports.a = async () => { save() }',
    "exports.a = async () => { const p = System.files.mkdir('/a'); await p }",
    "exports.a = async () => { void System.files.mkdir('/a') }",
    'exports.a = async (l) => { await Promise.all(l.map(async () => {})) }',
    'const System = { files: { go() {} } }; exports.a = () => { System.files.go() }',
    'Promise.resolve().then(() => {})',
  ])('left alone: %s', (source) => {
    expect(found(source)).toEqual([])
  })
})
