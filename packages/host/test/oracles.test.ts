/** Oracles as a host answers them: what functions give and throw becomes a value or an error, within their time. */
import { decodeValue, encodeValue, type Value } from '@vms/format'
import { nodeTimers } from '@vms/ledger'
import { describe, expect, test } from 'vitest'
import { HostOracles, type OracleContext, type OracleFunction } from '../src/oracles/oracles.ts'

const LIMITS = { oracleMs: 60_000, oracleRequestMs: 60_000 }

const desk = (
  functions: Record<string, OracleFunction>,
  limits: Partial<typeof LIMITS> = {},
  onThrown = (_text: string): void => {},
) => {
  const oracles = new HostOracles({
    functions,
    limits: { ...LIMITS, ...limits },
    timers: nodeTimers,
    onThrown,
  })
  const port = oracles.open(1_000)
  const ask = async (name: string, args: Value[] = [], position = 3): Promise<unknown> => {
    const asking = { position, call: 0, time: 5_000, caller: 'debug:bob' }
    const answer = await port(name, encodeValue(args), asking)
    return 'error' in answer ? answer.error : { value: decodeValue(answer.value) }
  }
  return { oracles, ask }
}

/** Settles when it is told to stop, and never by itself. */
const never = function (this: OracleContext): Promise<unknown> {
  return new Promise((resolve) => {
    this.signal.addEventListener('abort', () => resolve('too late'))
  })
}

describe('a function', () => {
  test('gets the arguments and gives the result', async () => {
    const { ask } = desk({ sum: (a: number, b: number) => a + b, later: async () => new Map() })
    expect(await ask('sum', [1, 2])).toStrictEqual({ value: 3 })
    expect(await ask('later')).toStrictEqual({ value: new Map() })
  })

  test('finds who asks, and when', async () => {
    const seen: unknown[] = []
    const { ask } = desk({
      who(this: OracleContext) {
        seen.push(this.caller, this.time, this.signal.aborted)
      },
    })
    expect(await ask('who')).toStrictEqual({ value: undefined })
    expect(seen).toStrictEqual(['debug:bob', 5_000, false])
  })

  test('is found by its own name only', async () => {
    const { ask } = desk({ sum: () => 1 })
    for (const name of ['product', 'toString', '__proto__', 'constructor', '']) {
      expect(await ask(name)).toStrictEqual({
        name: 'OracleError',
        message: `this host has no oracle ${JSON.stringify(name)}`,
        code: 'ERR_VMS_ORACLE_UNKNOWN',
      })
    }
  })
})

describe('an error', () => {
  const thrown: [string, unknown, object][] = [
    ['an error', new RangeError('no'), { name: 'RangeError', message: 'no', code: null }],
    [
      'a code',
      Object.assign(new Error('no'), { code: 'ENO' }),
      { name: 'Error', message: 'no', code: 'ENO' },
    ],
    ['a number as code', Object.assign(new Error('no'), { code: 5 }), { code: '5' }],
    ['an object as code', Object.assign(new Error('no'), { code: {} }), { code: null }],
    ['a text', 'no', { name: 'NonError', message: 'no', code: null }],
    ['nothing', undefined, { name: 'NonError', message: 'not an error: undefined', code: null }],
    [
      'a trap',
      Object.defineProperty(new Error('no'), 'message', {
        get() {
          throw new Error('trap')
        },
      }),
      { name: 'Error', message: '', code: null },
    ],
  ]
  test.each(thrown)('with %s is name, message and code', async (_, error, expected) => {
    const { ask } = desk({
      sync: () => {
        throw error
      },
      async: async () => {
        throw error
      },
    })
    expect(await ask('sync')).toMatchObject(expected)
    expect(await ask('async')).toMatchObject(expected)
    expect(Object.keys((await ask('sync')) as object)).toStrictEqual(['name', 'message', 'code'])
  })

  test('is told the operator with its stack', async () => {
    const told: string[] = []
    const fail = (): never => {
      throw new Error('no')
    }
    await desk({ fail }, {}, (text) => told.push(text)).ask('fail')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^oracle "fail": Error: no\n {4}at .*fail/)
  })
})

describe('a result', () => {
  test('that is no value is an error that says where', async () => {
    const { ask } = desk({ bad: () => ({ list: [1, () => 2] }) })
    expect(await ask('bad')).toMatchObject({
      code: 'ERR_VMS_ORACLE_RESULT',
      message: expect.stringContaining('$.list[1]'),
    })
  })

  test('that is too large is an error that says the limit', async () => {
    // Three bytes of the encoding are no text.
    const { ask } = desk({ text: (length: number) => 'x'.repeat(length) })
    expect(await ask('text', [997])).toMatchObject({ value: expect.any(String) })
    expect(await ask('text', [998])).toMatchObject({
      code: 'ERR_VMS_ORACLE_RESULT_TOO_LARGE',
      message: expect.stringContaining('1000 bytes'),
    })
  })
})

describe('time', () => {
  test('is up for one use', async () => {
    const { ask } = desk({ never }, { oracleMs: 20 })
    expect(await ask('never')).toStrictEqual({
      name: 'OracleError',
      message: '"never" took longer than 20 ms',
      code: 'ERR_VMS_ORACLE_TIMEOUT',
    })
  })

  test('is up for all uses of a request together, and the next has its own', async () => {
    const { ask } = desk({ never, quick: () => 1 }, { oracleRequestMs: 20 })
    expect(await ask('never')).toMatchObject({ code: 'ERR_VMS_ORACLE_TIMEOUT' })
    expect(await ask('quick')).toStrictEqual({
      name: 'OracleError',
      message: 'the oracles of this request have had their 20 ms',
      code: 'ERR_VMS_ORACLE_TIMEOUT',
    })
    expect(await ask('quick', [], 4)).toStrictEqual({ value: 1 })
  })

  test('that was waited is counted', async () => {
    const { oracles, ask } = desk({ never }, { oracleMs: 20 })
    expect(oracles.takeWaitedMs()).toBe(0)
    await ask('never')
    expect(oracles.takeWaitedMs()).toBeGreaterThan(10)
    expect(oracles.takeWaitedMs()).toBe(0)
  })

  test('ends with the host', async () => {
    const { oracles, ask } = desk({ never, quick: () => 1 })
    const asked = ask('never')
    oracles.close()
    const closing = {
      name: 'OracleError',
      message: 'the host is closing',
      code: 'ERR_VMS_ORACLE_CLOSING',
    }
    expect(await asked).toStrictEqual(closing)
    expect(await ask('quick')).toStrictEqual(closing)
  })
})

test('what is no function, or has a name that no script can say, is refused at once', () => {
  const refused: [object, RegExp][] = [
    [{ rate: 5 }, /"rate" is no function/],
    [{ ['n'.repeat(101)]: () => 1 }, /at most 100 characters/],
    [{ '\ud800': () => 1 }, /a script cannot ask/],
  ]
  for (const [functions, message] of refused) {
    expect(() => desk(functions as Record<string, OracleFunction>)).toThrow(message)
  }
})
