/** What a script and its author see of instrumentation: nothing in texts, the right lines in logs, and a name for what is refused. */
import { describe, expect, it } from 'vitest'
import { instrument } from '../../src/transform/instrument.ts'
import { ScriptProblem } from '../../src/transform/source/parse.ts'
import { Bench } from '../bench.ts'

const texts = [
  'function f(a, b = 1) { return a + b }',
  'async  (x) => await x',
  '({ a }) => a',
  'x => x /* c */ + 1',
  'function* g({ a }) { yield a }',
  'class A extends Object { static m() { return 1 } x = [1].map((y) => y); }',
  'class {}',
]

describe('the text of a function', () => {
  it('is as it was written', async () => {
    const script = `
      const o = { m(a) { return a }, get  x() { return 1 }, async *g() {}, ['k' + 1]() {}, f: function () {} }
      class C { static  s() {} #p() { return 1 } get p() { return this.#p } set q({ v }) {} }
      const getter = (object, name) => Object.getOwnPropertyDescriptor(object, name).get
      exports.texts = () => [${texts.map((text) => `(${text})`).join(', ')}].map(String)
      exports.methods = () => [o.m, getter(o, 'x'), o.g, o.k1, o.f, C.s, new C().p, Object.getOwnPropertyDescriptor(C.prototype, 'q').set].map(String)
    `
    const bench = await Bench.booted(script)
    expect(await bench.call('texts')).toEqual(texts)
    expect(await bench.call('methods')).toEqual([
      'm(a) { return a }',
      'get  x() { return 1 }',
      'async *g() {}',
      "['k' + 1]() {}",
      'function () {}',
      's() {}',
      '#p() { return 1 }',
      'set q({ v }) {}',
    ])
    await bench.close()
  })
})

describe('a hidden name', () => {
  it('is none that the script has, in whatever spelling', () => {
    expect(instrument('let $0 = 1').names.prefix).toBe('$1')
    expect(instrument('let \\u00240x = 1; $1').names.prefix).toBe('$2')
    expect(instrument('let x = "$0"').names.prefix).toBe('$1')
    expect(instrument('let x').names.prefix).toBe('$0')
  })

  it('is the same for the same script', () => {
    expect(instrument(`[${texts}]`).text).toBe(instrument(`[${texts}]`).text)
  })
})

describe('a report', () => {
  it('names the line and the column of the script', async () => {
    const script = [
      'const deep = (x) => x.y.z',
      'exports.fail = async ({ a } = {}) => {',
      '  for (const x of [1]) await x',
      '  return deep(a)',
      '}',
    ].join('\n')
    const bench = await Bench.booted(script)
    await expect(bench.call('fail')).rejects.toThrow('a TypeError raised by the engine')
    expect(bench.lines.map(({ text }) => text).join('\n')).toMatch(
      /at deep \(script\.js:1:2\d\)\n.* at exports\.fail \(script\.js:4:\d+\)/,
    )
    await bench.close()
  })

  it('names those of the file that it was bundled from', async () => {
    // `exports.fail = () => null.x`, once on line 3 of a.ts; made with any bundler.
    const map = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAEA' }
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64')
    const script = `exports.fail = () => null.x\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`
    const bench = await Bench.booted(script)
    await expect(bench.call('fail')).rejects.toThrow('a TypeError raised by the engine')
    expect(bench.lines.map(({ text }) => text).join('\n')).toContain('(a.ts:3:1)')
    await bench.close()
  })
})

describe('a refusal', () => {
  const refused: Record<string, string> = {
    'eval("1")': 'eval',
    'import("x")': 'import()',
    'async () => { await using x = null }': 'await using',
    'f().x **= 2': '**=',
    '({ a }, ...b) => { var a }': 'the name a',
    '({ set x({ a }) { var a } })': 'the name a',
  }
  for (const [source, word] of Object.entries(refused)) {
    it(`of ${source} names it`, () => {
      expect(() => instrument(`x = ${source}`.replace('x = f', 'f'))).toThrow(ScriptProblem)
      expect(() => instrument(`x = ${source}`.replace('x = f', 'f'))).toThrow(word)
    })
  }

  const nested: Record<string, (levels: number) => string> = {
    brackets: (n) => `${'('.repeat(n)}1${')'.repeat(n)}`,
    blocks: (n) => `${'{'.repeat(n)}${'}'.repeat(n)}`,
    functions: (n) => `x = ${'() => '.repeat(n)}1`,
    'a sum': (n) => `x = ${'a + '.repeat(n)}1`,
    'a chain': (n) => `x = a${'.b()'.repeat(n)}`,
    'a pattern': (n) => `let ${'['.repeat(n)}a${']'.repeat(n)} = 1`,
    'a regular expression': (n) => `x = /${'('.repeat(n)}${')'.repeat(n)}/`,
    'else if': (n) => `${'if (a) b(); else '.repeat(n)}c()`,
  }
  for (const [name, make] of Object.entries(nested)) {
    it(`of ${name} that goes too deep is the same for every stack`, () => {
      expect(() => instrument(make(100))).not.toThrow()
      for (const levels of [2_000, 200_000])
        expect(() => instrument(make(levels))).toThrow('nested too deeply')
    })
  }

  it('is the outcome of the boot', async () => {
    const bench = await Bench.start('exports.a = 1\nexports.b = () => eval("1")')
    const { outcome, report } = await bench.boot()
    expect(outcome.error).toMatchObject({ name: 'SyntaxError', code: 'ERR_VMS_REFUSED_SYNTAX' })
    expect(report).toMatch(/^script\.js:2\n.*eval.*\n +\^\nSyntaxError: eval/)
    await bench.close()
  })
})
