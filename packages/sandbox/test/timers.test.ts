import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'
import { busy, limits, livesThroughStop } from './stopped.ts'

const script = `
  exports.order = () => new Promise((resolve) => {
    const seen = []
    setTimeout(() => seen.push('b10'), 10)
    setTimeout((...args) => seen.push('a5', ...args), 5, 'x', 'y')
    setTimeout(() => seen.push('c10'), 10)
    setImmediate(() => seen.push('immediate'))
    setTimeout(() => seen.push('zero'), 0)
    Promise.resolve().then(() => seen.push('microtask'))
    setTimeout(() => { seen.push('nest'); setTimeout(() => seen.push('nested'), 1); setTimeout(() => resolve(seen), 5) }, 10)
    seen.push('sync')
  })
  exports.interval = () => new Promise((resolve) => {
    const seen = []
    const id = setInterval(() => { seen.push(seen.length); if (seen.length === 3) { clearInterval(id); setTimeout(() => resolve(seen), 100) } }, 10)
  })
  exports.cleared = () => new Promise((resolve, reject) => {
    const id = setTimeout(() => reject(new Error('fired')), 1)
    clearTimeout(id); clearTimeout(id); clearTimeout(undefined); clearTimeout(99999)
    clearImmediate(setImmediate(() => reject(new Error('fired'))))
    setTimeout(resolve, 2, 'cleared')
  })
  exports.still = () => { const start = Date.now(); return new Promise((resolve) => setTimeout(() => resolve(Date.now() - start), 60_000)) }
  exports.throws = () => new Promise(() => setTimeout(() => { throw new RangeError('in a timer') }, 1))
  exports.left = () => { setTimeout(() => { globalThis.fired = true }, 1); setInterval(() => {}, 1); return 1 }
  exports.fired = () => new Promise((resolve) => setTimeout(() => resolve(globalThis.fired === true), 1_000))
  exports.delays = () => new Promise((resolve) => {
    const seen = []
    for (const delay of [NaN, -5, 2 ** 40, '3', undefined, 2.9, Infinity]) setTimeout(() => seen.push(String(delay)), delay)
    setTimeout(() => resolve(seen), 50)
  })
  exports.many = () => new Promise((resolve) => { let left = 2_000; for (let i = 0; i < 2_000; i++) setTimeout(() => { if (--left === 0) resolve('all') }, 2_000 - i) })
`

describe('timers', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(`${script}\nsetTimeout(() => { globalThis.fired = true }, 1)`)
  })
  afterAll(() => bench.close())

  it('fire in the order of when they are due, then of when they were made', async () => {
    expect(await bench.call('order')).toEqual([
      'sync',
      'microtask',
      'immediate',
      'zero',
      'a5',
      'x',
      'y',
      'b10',
      'c10',
      'nest',
      'nested',
    ])
  })

  it('repeat and are cleared', async () => {
    expect(await bench.call('interval')).toEqual([0, 1, 2])
    expect(await bench.call('cleared')).toBe('cleared')
  })

  it('take no time', async () => {
    const start = performance.now()
    expect(await bench.call('still')).toBe(0)
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  it('end the call with what they throw', async () => {
    expect((await bench.result('throws')).error).toMatchObject({
      name: 'RangeError',
      message: 'in a timer',
    })
  })

  it('are dropped when the call is over, and at the top level', async () => {
    expect(await bench.call('left')).toBe(1)
    expect(await bench.call('fired')).toBe(false)
    expect(bench.lines).toContainEqual({
      level: 'warn',
      text: 'timers that the top level sets never fire',
    })
  })

  it('read delays as Node does', async () => {
    expect(await bench.call('delays')).toEqual([
      'NaN',
      '-5',
      String(2 ** 40),
      'undefined',
      'Infinity',
      '2.9',
      '3',
    ])
  })

  it('may be many', async () => {
    expect(await bench.call('many')).toBe('all')
  })
})

describe('a machine whose calls had very many timers', () => {
  it('lives on after it stood still for longer than a call may take', async () => {
    const bench = await Bench.booted(busy, { limits, service: { callWallMs: 6_000 } })
    await livesThroughStop(bench, 6_000)
    await bench.close()
  })
})
