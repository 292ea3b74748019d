import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

const script = `
  exports.random = (n) => Array.from({ length: n }, () => Math.random())
  exports.times = () => {
    class Later extends Date {}
    const reached = [
      Date.now(), +new Date(), +new Later(), Later.now(),
      new Date(0).constructor.now(), Object.getPrototypeOf(Later).now(), +Reflect.construct(Date, []),
      +Reflect.construct(Date, [], Later), Date.prototype.constructor.now(), +new Date.prototype.constructor(),
      +new (Date.bind(null))(), +new (new Proxy(Date, {}))(),
    ]
    return reached.map(Number)
  }
  exports.date = () => [new Date(2020, 1, 2, 3, 4, 5).toISOString(), new Date('2020-02-02').getTime(), Date.UTC(2020, 1), new Date(0).toString(),
    new Date(NaN).getTime() !== new Date(NaN).getTime(), new Date(0) instanceof Date, Date.length, Date.name, typeof Date(), Date(), new Date(0).constructor(), new Date(new Date(5)).getTime()]
  exports.locale = () => [(1234.5).toLocaleString('de'), 10n.toLocaleString(), 'I'.toLocaleLowerCase('tr'), 'i'.toLocaleUpperCase('tr'),
    'ä'.localeCompare('z'), ['b', 'ä', 'a'].sort((a, b) => a.localeCompare(b)), new Date(0).toLocaleString('de'), new Date(0).toLocaleDateString(),
    new Date(0).toLocaleTimeString(), new Date(NaN).toLocaleString(), [1234.5, new Date(0)].toLocaleString(), new Date(8.64e15).toLocaleDateString()]
  exports.everything = async (n) => {
    const parts = [exports.random(n), exports.times(), exports.date(), exports.locale()]
    try { null.x } catch (e) { parts.push(e.stack) }
    await System.files.writeFile('/' + Math.random(), JSON.stringify(parts))
    return parts
  }
`

describe('time', () => {
  it('is the time of the entry, however it is asked for, and stands still', async () => {
    const bench = await Bench.booted(script, { time: 1_700_000_000_000 })
    const times = (await bench.call('times')) as number[]
    expect(new Set(times)).toEqual(new Set([1_700_000_000_000]))
    bench.time += 1
    expect(new Set((await bench.call('times')) as number[])).toEqual(new Set([1_700_000_000_001]))
    expect(await bench.call('date')).toEqual([
      '2020-02-02T03:04:05.000Z',
      1_580_601_600_000,
      1_580_515_200_000,
      'Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)',
      true,
      true,
      7,
      'Date',
      'string',
      'Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)',
      'Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)',
      5,
    ])
    await bench.close()
  })
})

describe('locale', () => {
  it('is nobody’s', async () => {
    const bench = await Bench.booted(script, {
      env: { LANG: 'de_DE.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    })
    expect(await bench.call('locale')).toEqual([
      '1234.5',
      '10',
      'i',
      'I',
      1,
      ['a', 'b', 'ä'],
      '1970-01-01 00:00:00',
      '1970-01-01',
      '00:00:00',
      'Invalid Date',
      '1234.5,1970-01-01 00:00:00',
      '+275760-09-13',
    ])
    await bench.close()
  })
})

describe('Math.random', () => {
  it('follows from the seed of the call alone', async () => {
    const bench = await Bench.booted(script)
    const first = (await bench.call('random', 5)) as number[]
    expect(await bench.call('random', 5)).toEqual(first)
    const { done } = await bench.run(['random', 5], ['random', 5])
    const values = done[0]?.results.map(({ value }) => Buffer.from(value as Uint8Array).toString())
    expect(values?.[0]).toBe(JSON.stringify(first))
    expect(values?.[1]).not.toBe(values?.[0])
    await bench.close()
  })

  it('is xoshiro128**, two outputs for each number', async () => {
    const bench = await Bench.booted(script)
    const seed = new Uint8Array(32)
    new DataView(seed.buffer).setUint32(0, 1, true)
    new DataView(seed.buffer).setUint32(4, 2, true)
    new DataView(seed.buffer).setUint32(8, 3, true)
    new DataView(seed.buffer).setUint32(12, 4, true)
    const request = bench.request(['random', 2])
    const calls = request.calls.map((call) => ({ ...call, seed }))
    const { done } = await bench.machine.run([{ ...request, calls }])
    const numbers = JSON.parse(
      Buffer.from(done[0]?.results[0]?.value as Uint8Array).toString(),
    ) as number[]
    // The reference code's first outputs from the state 1, 2, 3, 4.
    const outputs = [11520, 0, 5927040, 70819200]
    const expected = [0, 2]
      .map((i) => ((outputs[i] as number) >>> 5) * 2 ** 26 + ((outputs[i + 1] as number) >>> 6))
      .map((bits) => bits / 2 ** 53)
    expect(numbers).toEqual(expected)
    await bench.close()
  })

  it('looks random', async () => {
    const bench = await Bench.booted(script)
    const numbers = (await bench.call('random', 20_000)) as number[]
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
    expect(mean).toBeGreaterThan(0.49)
    expect(mean).toBeLessThan(0.51)
    expect(new Set(numbers).size).toBe(numbers.length)
    await bench.close()
  })
})

describe('two machines', () => {
  it('give the same bytes for the same calls, also without a compiler and in another locale', async () => {
    const run = async (options: Parameters<typeof Bench.booted>[1]) => {
      const bench = await Bench.booted(script, options)
      const result = await bench.result('everything', 100)
      await bench.close()
      return result
    }
    const plain = await run({})
    const perturbed = await run({
      execArgv: ['--no-opt', '--no-sparkplug', '--random-seed=42'],
      env: { LANG: 'ja_JP.UTF-8' },
    })
    expect(perturbed).toEqual(plain)
    expect(plain.changes).toHaveLength(1)
  })
})
