import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  decodeJson,
  encodeJson,
  type OracleAnswer,
  type OracleContext,
  type OraclePort,
} from '../src/index.ts'
import { Bench, type BenchOptions } from './bench.ts'

const KiB = 1024

/** Answers like a host whose functions these are, and keeps what it was asked. */
class Oracles {
  readonly asked: { name: string; args: unknown; context: OracleContext }[] = []
  running = 0
  #answer: (name: string, args: unknown[]) => unknown

  constructor(answer: (name: string, args: unknown[]) => unknown) {
    this.#answer = answer
  }

  readonly port: OraclePort = async (name, args, context): Promise<OracleAnswer> => {
    const given = decodeJson(args) as unknown[]
    this.asked.push({ name, args: given, context })
    this.running += 1
    expect(this.running).toBe(1)
    await sleep(1)
    this.running -= 1
    const answer = this.#answer(name, given)
    return answer instanceof Error
      ? { error: { name: answer.name, message: answer.message, code: null } }
      : { value: answer instanceof Uint8Array ? answer : encodeJson(answer) }
  }
}

const script = `
  let early
  try { System.oracle('echo').catch((error) => { early = error.code }) } catch (error) { early = 'sync' }
  exports.init = async () => { await System.files.writeFile('/rate', String(await System.oracle('rate', 'EUR'))) }
  exports.early = () => early
  exports.rate = () => System.files.readFile('/rate')
  exports.echo = (...args) => System.oracle('echo', ...args)
  exports.named = (name) => System.oracle(name)
  exports.odd = () => System.oracle(Symbol.iterator)
  exports.lone = () => System.oracle('\\ud800')
  exports.two = () => Promise.all([System.oracle('a', 1), System.oracle('b', 2)])
  exports.many = async (times) => { const all = []; for (let i = 0; i < times; i++) all.push(await System.oracle('echo', i)); return all }
  exports.order = async () => {
    const seen = []
    const tick = (name) => () => seen.push(name)
    queue(tick('before'))
    const asked = System.oracle('echo').then(tick('oracle'))
    queue(tick('after'))
    await asked
    return seen
  }
  const queue = (run) => { Promise.resolve().then(run) }
  exports.long = (length) => System.oracle('echo', 'x'.repeat(length))
  exports.length = async (length) => (await System.oracle('long', length)).length
  exports.writes = async () => { await System.files.writeFile('/w', 'w'); await System.oracle('echo', 1); throw new Error('no') }
  exports.over = async (length) => { await System.oracle('echo', 1); return 'x'.repeat(length) }
  exports.kind = async () => { try { await System.oracle('fail') } catch (error) { return [error instanceof Error, error.name, error.message, error.code ?? null, Object.keys(error)] } }
  exports.late = () => { let later; later = () => System.oracle('echo', 'late').catch((error) => { kept = error.code }); Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => {}).then(later); return 1 }
  let kept = null
  exports.kept = () => kept
  exports.getter = () => { const lazy = { get asked() { System.oracle('b', 'inner'); return 1 } }; return System.oracle('a', lazy) }
  exports.endless = async () => { await System.oracle('echo', 1); for (;;); }
  exports.stolen = async () => { const { oracle } = System; return [await oracle('echo', 1), oracle.name, String(oracle), oracle.length] }
  exports.spin = async () => { await System.oracle('echo', 1); for (let i = 0; i < 50; i++) await null; return 'done' }
`

describe('an oracle', () => {
  let bench: Bench
  afterEach(() => bench.close())

  const open = async (
    answer: (name: string, args: unknown[]) => unknown,
    options: BenchOptions = {},
  ): Promise<Oracles> => {
    const oracles = new Oracles(answer)
    bench = await Bench.booted(script, { ...options, oracle: oracles.port })
    return oracles
  }
  const echo = (_: string, args: unknown[]): unknown => args[0]

  it('is asked with its name and its arguments, and what it answers stands in the result', async () => {
    const oracles = await open((name, args) => ({ name, args }))
    const result = await bench.result('echo', 1, { two: [2] }, null)
    expect(oracles.asked).toStrictEqual([
      {
        name: 'echo',
        args: [1, { two: [2] }, null],
        context: { position: bench.position, call: 0, time: bench.time, caller: 'debug:bob' },
      },
    ])
    const value = encodeJson({ name: 'echo', args: [1, { two: [2] }, null] })
    expect(result).toMatchObject({ status: 'returned' })
    expect(result.value).toStrictEqual(value)
    const args = encodeJson([1, { two: [2] }, null])
    expect(result.oracles).toStrictEqual([{ name: 'echo', args, value, error: null }])
  })

  it('is told which call of the request asks', async () => {
    const oracles = await open(echo)
    const { done } = await bench.run(['echo', 'x'], ['early'], ['echo', 'y'])
    expect(oracles.asked.map(({ context }) => context.call)).toStrictEqual([0, 2])
    expect(done[0]?.results.map((result) => result.oracles.length)).toStrictEqual([1, 0, 1])
  })

  it('is refused at the top level, and there for init', async () => {
    const oracles = await open(() => 1.25)
    expect(await bench.call('early')).toBe('ERR_VMS_ORACLE_AT_TOP_LEVEL')
    const init = await bench.init()
    expect(init).toMatchObject({ status: 'returned', oracles: [{ name: 'rate' }] })
    expect(await bench.call('rate')).toBe('1.25')
    expect(oracles.asked).toMatchObject([{ name: 'rate', context: { caller: null, call: 0 } }])
  })

  it('throws what the port says, as an error with a code', async () => {
    await open(() => new RangeError('no such currency'))
    const message = 'no such currency'
    expect(await bench.call('kind')).toStrictEqual([true, 'RangeError', message, null, []])
    const result = await bench.result('echo')
    expect(result.error).toStrictEqual({ name: 'RangeError', message, code: null })
    expect(result.oracles).toMatchObject([{ value: null, error: { message } }])
  })

  it('without a port is unknown, and that is recorded', async () => {
    bench = await Bench.booted(script)
    const result = await bench.result('named', 'moon')
    expect(result.error?.code).toBe('ERR_VMS_ORACLE_UNKNOWN')
    expect(result.oracles).toMatchObject([{ name: 'moon', error: result.error }])
  })

  it('has a text as its name', async () => {
    const oracles = await open(echo)
    const calls: [string, unknown?][] = [
      ['odd'],
      ['lone'],
      ['named', 5],
      ['named', 'n'.repeat(101)],
    ]
    for (const [method, name] of calls) {
      await expect(bench.call(method, name)).rejects.toMatchObject({ code: 'ERR_VMS_ORACLE_NAME' })
    }
    expect(oracles.asked).toStrictEqual([])
    expect((await bench.result('named', 'n'.repeat(100))).oracles).toHaveLength(1)
  })

  it('is asked one at a time in the order of asking', async () => {
    const oracles = await open((name) => name)
    expect(await bench.call('two')).toStrictEqual(['a', 'b'])
    expect(oracles.asked.map(({ args }) => args)).toStrictEqual([[1], [2]])
    // What an argument's getter asks is asked before.
    expect((await bench.result('getter')).oracles.map(({ name }) => name)).toStrictEqual(['b', 'a'])
  })

  it('settles in the same drain of microtasks as everything else', async () => {
    await open(echo)
    expect(await bench.call('order')).toStrictEqual(['before', 'oracle', 'after'])
  })

  it('answers nobody once the call is over', async () => {
    const oracles = await open(echo)
    expect(await bench.call('late')).toBe(1)
    expect(await bench.call('kept')).toBe('ERR_VMS_CALL_OVER')
    expect(oracles.asked).toStrictEqual([])
  })

  it('is a function of the machine: no text, no this', async () => {
    await open(echo)
    expect(await bench.call('stolen')).toStrictEqual([
      1,
      'oracle',
      'function oracle() { [native code] }',
      1,
    ])
  })

  it('stays in the result of a call that throws, whose files do not', async () => {
    await open(echo)
    const result = await bench.result('writes')
    expect(result).toMatchObject({ status: 'thrown', changes: [], oracles: [{ name: 'echo' }] })
  })

  it('stays in the result of a call that is aborted', async () => {
    await open(echo, { limits: { resultBytes: 1_000 } })
    const result = await bench.result('over', 2_000)
    expect(result).toMatchObject({ status: 'aborted', abort: 'result-bytes' })
    expect(result.oracles).toMatchObject([{ name: 'echo' }])
  })

  it('is not asked by a call that has too little fuel for it, and stays in the result of one that runs out after', async () => {
    const oracles = await open(echo, { limits: { fuelPerCall: 100_000 } })
    const endless = await bench.result('endless')
    expect(endless).toMatchObject({ status: 'aborted', abort: 'fuel', oracles: [{ name: 'echo' }] })
    await bench.close()
    bench = await Bench.booted(script, { oracle: oracles.port, limits: { fuelPerCall: 9_000 } })
    expect(await bench.result('echo', 1)).toMatchObject({ abort: 'fuel', oracles: [] })
    expect(oracles.asked).toHaveLength(1)
  })

  it('costs fuel by the bytes that cross', async () => {
    await open(echo)
    const { fuel: short } = await bench.result('long', 10)
    const { fuel: long } = await bench.result('long', 10_010)
    // Arguments and result, one unit each, and what it costs to make the text.
    expect(long - short).toBeGreaterThanOrEqual(20_000)
    expect(short).toBeGreaterThanOrEqual(10_000)
  })

  describe('has limits:', () => {
    it('uses per call', async () => {
      const oracles = await open(echo, { limits: { oracleUses: 3 } })
      expect(await bench.call('many', 3)).toStrictEqual([0, 1, 2])
      const result = await bench.result('many', 4)
      expect(result.error).toMatchObject({ name: 'RangeError', code: 'ERR_VMS_ORACLE_USES' })
      expect(result.oracles).toHaveLength(3)
      expect(oracles.asked).toHaveLength(6)
    })

    it('bytes of arguments', async () => {
      const oracles = await open(echo, { limits: { oracleArgsBytes: 100 } })
      // Two brackets and two quotes.
      expect(await bench.call('long', 96)).toHaveLength(96)
      await expect(bench.call('long', 97)).rejects.toMatchObject({
        code: 'ERR_VMS_ORACLE_ARGS_TOO_LARGE',
      })
      expect(oracles.asked).toHaveLength(1)
    })

    it('bytes of a result', async () => {
      await open((_, [length]) => 'x'.repeat(length as number), {
        limits: { oracleResultBytes: 200 * KiB },
      })
      expect(await bench.call('length', 200 * KiB - 2)).toBe(200 * KiB - 2)
      const { error, oracles } = await bench.result('length', 200 * KiB - 1)
      expect(error?.code).toBe('ERR_VMS_ORACLE_RESULT_TOO_LARGE')
      expect(oracles).toMatchObject([{ value: null, error }])
    })

    it('bytes of all uses of a request, together with its results', async () => {
      const text = 'x'.repeat(1_000)
      await open(() => text, { limits: { requestResultBytes: 3_500 } })
      const { done, stop } = await bench.run(['echo'], ['echo'], ['early'])
      const [first, second, third] = done[0]?.results ?? []
      expect(first).toMatchObject({ status: 'returned', oracles: [{ name: 'echo' }] })
      // The use fits, the value after it does not.
      expect(second).toMatchObject({ status: 'aborted', abort: 'request-result-bytes' })
      expect(second?.oracles).toHaveLength(1)
      expect(third?.status).toBe('skipped')
      expect(stop).toStrictEqual({ kind: 'abort' })
      await bench.boot()
      // The fourth use is the one that is too much, and it is kept: it is why the call ended.
      const { done: again } = await bench.run(['many', 9])
      expect(again[0]?.results[0]).toMatchObject({
        status: 'aborted',
        abort: 'request-result-bytes',
      })
      expect(again[0]?.results[0]?.oracles).toHaveLength(4)
    })

    it('units of an error, cut where they end', async () => {
      const error = new Error(`${'m'.repeat(4_095)}😀`)
      error.name = 'n'.repeat(101)
      await open(() => error)
      const [use] = (await bench.result('echo')).oracles
      expect(use?.error?.name).toBe('n'.repeat(100))
      expect(use?.error?.message).toBe(`${'m'.repeat(4_095)}\ufffd`)
    })
  })

  it('takes its time without that of the call', async () => {
    const port: OraclePort = async () => {
      await sleep(1_500)
      return { value: encodeJson('slow') }
    }
    // Above all: the patience with the child is longer than the wall clock by a grace that is not needed here.
    bench = await Bench.booted(script, { oracle: port, service: { callWallMs: 1_000 } })
    expect(await bench.call('spin')).toBe('done')
  })

  it('that cannot be asked ends the machine, without a result', async () => {
    bench = await Bench.booted(script, {
      oracle: async () => {
        throw new Error('unplugged')
      },
    })
    await expect(bench.run(['early'], ['echo'])).rejects.toMatchObject({
      code: 'ERR_VMS_ORACLE_UNAVAILABLE',
      message: 'the oracle "echo" could not be asked: unplugged',
    })
  })

  it('with an answer that is no value is an error of the script, and the machine lives', async () => {
    await open(() => new Uint8Array([0x7b]))
    expect((await bench.result('echo')).status).toBe('thrown')
    expect(await bench.call('early')).toBe('ERR_VMS_ORACLE_AT_TOP_LEVEL')
  })
})
