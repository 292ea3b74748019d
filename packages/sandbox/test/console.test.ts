import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

describe('console', () => {
  it('writes lines for the log, at the top level, in calls and after them', async () => {
    const bench = await Bench.booted(`
      console.log('booting', 1)
      exports.levels = () => { console.debug('a'); console.info('b'); console.warn('c'); console.error('d'); console.assert(true, 'e'); console.assert(false, 'f'); console.dir({ a: 1 }); console.trace('t') }
      exports.values = () => console.log('text', 'a"b', ['a"b'], { a: { b: { c: { d: { e: 1 } } } } }, -0, 1n, undefined, null, Symbol('s'), () => 1, class A {},
        new Map([['k', { v: 1 }]]), new Set([1]), new Date(0), new Uint8Array(3), [], {}, { get x() { throw new Error('ran') } }, new Array(3), { [Symbol('k')]: 1 })
      exports.error = () => console.log(new TypeError('shown'), [new Error('inner')])
      exports.after = () => { Promise.resolve().then(() => null).then(() => null).then(() => null).then(() => null).then(() => console.log('late')); return 1 }
    `)
    expect(bench.lines).toEqual([{ level: 'log', text: 'booting 1' }])
    const lines = async (method: string) => {
      bench.lines.length = 0
      await bench.call(method)
      return bench.lines.map(({ level, text }) => `${level} ${text}`)
    }
    expect(await lines('levels')).toEqual([
      'debug a',
      'info b',
      'warn c',
      'error d',
      'error f',
      'log { a: 1 }',
      'debug t',
    ])
    expect(await lines('values')).toEqual([
      'log text a"b ["a\\"b"] { a: { b: { c: { d: {…} } } } } -0 1n undefined null Symbol(s) [function] [class] ' +
        'Map { "k" => { v: 1 } } Set { 1 } 1970-01-01T00:00:00.000Z Uint8Array(3) [] {} { x: [accessor] } [] { [Symbol(k)]: 1 }',
    ])
    const [shown] = await lines('error')
    expect(shown).toMatch(/^log \[TypeError: shown\n {4}at .*script\.js:6.*\[\[Error: inner/s)
    expect(await lines('after')).toEqual(['log late'])
    await bench.close()
  })

  it('is bounded in the length of a line and in lines', async () => {
    const bench = await Bench.booted(`
      exports.long = () => { console.log('x'.repeat(1_000_000)); console.log('y'.repeat(3000), 'y'.repeat(3000)); console.log(['z'.repeat(1e6)]); console.log(Array.from({ length: 1e5 }, (_, i) => i)) }
      exports.many = (n) => { for (let i = 0; i < n; i++) console.log(i) }
      exports.split = () => console.log('x'.repeat(4095) + '\\u{1f600}')
    `)
    await bench.call('long')
    expect(bench.lines.map(({ text }) => text.length <= 4_200)).toEqual([true, true, true, true])
    bench.lines.length = 0
    await bench.call('many', 5_000)
    expect(bench.lines).toHaveLength(1_001)
    expect(bench.lines.at(-1)).toEqual({
      level: 'warn',
      text: 'further lines of this call are dropped',
    })
    bench.lines.length = 0
    await bench.call('many', 2)
    expect(bench.lines).toHaveLength(2)
    bench.lines.length = 0
    await bench.call('split')
    expect(bench.lines[0]?.text.isWellFormed()).toBe(true)
    await bench.close()
  })

  it('passes on what the child itself says on its standard error', async () => {
    const bench = await Bench.booted(
      'exports.bomb = () => { const all = []; for (;;) all.push({ a: all.length }) }',
      {
        execArgv: ['--trace-gc', '--trace-gc-nvp'],
        service: { memoryMiB: 16 },
      },
    )
    await bench.run(['bomb'])
    await bench.close()
    expect(bench.lines.every(({ level }) => level === 'machine' || level === 'error')).toBe(true)
  })
})
