/** Oracles from socket to verdict: asked by a script, recorded, fed back, counted; and while one is waited for. */
import { setTimeout } from 'node:timers/promises'
import { Ledger, sodiumCrypto } from '@vms/auditor'
import { decodeEntry, decodeValue, encodeValue, type OracleUse } from '@vms/format'
import type { HostOptions } from '@vms/host'
import { type CallResult, Machine } from '@vms/sandbox'
import { expect, test, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { Liar } from '../lies/liar.ts'
import { Place } from './place.ts'

const SCRIPT = `
exports.init = async () => {
  await System.files.writeFile('/base', await System.oracle('base'))
}
exports.convert = async (amount, currency) => {
  const rate = await System.oracle('rate', currency, await System.files.readFile('/base'))
  await System.files.writeFile('/last', String(rate))
  return amount * rate
}
exports.last = () => System.files.readFile('/last')
exports.failing = async () => {
  await System.files.writeFile('/last', 'never')
  return System.oracle('failing')
}
exports.anyway = async (name) => {
  try { return await System.oracle(name) } catch ({ name, code }) { return { name, code } }
}
exports.wait = (name) => System.oracle('wait', name)
exports.visit = async () => { await System.files.writeFile('/visit', 'v'); return 'visited' }
exports.dear = async () => { await System.oracle('base'); return 'x'.repeat(2 ** 21) }
`

const rates: Record<string, number> = { EUR: 1.25, USD: 1 }

const oracles: HostOptions['oracles'] = {
  base: async () => 'GBP',
  rate: (currency: string, base: string) => (base === 'GBP' ? rates[currency] : null),
  failing: () => {
    throw Object.assign(new RangeError('no such thing'), { code: 'ENOTHING' })
  },
  shapeless: () => () => {},
  huge: () => 'x'.repeat(2 ** 20),
  stuck: () => new Promise(() => {}),
}

/** All uses that the ledger holds from entry `start` on, as a person reads them. */
async function usesFrom(place: Place, start: number): Promise<unknown[]> {
  const ledger = await Ledger.open(place.service, { crypto: sodiumCrypto, readOnly: true })
  const uses: OracleUse[] = []
  for await (const block of ledger.entries(start, ledger.length)) {
    const entry = decodeEntry(block)
    if (entry.type === 'init') uses.push(...entry.outcome.oracles)
    if (entry.type === 'calls') uses.push(...entry.outcomes.flatMap((outcome) => outcome.oracles))
  }
  await ledger.close()
  return uses.map(({ name, args, value, error }) => [
    name,
    decodeValue(args),
    error ? error.code : decodeValue(value as Uint8Array),
  ])
}

test('what oracles are asked and answer is in the ledger, and the audit counts it', async () => {
  const place = await Place.make()
  const told: string[] = []
  const host = await place.host(SCRIPT, {
    oracles,
    onConsole: ({ text }) => told.push(text),
    serviceLimits: { oracleMs: 50 },
  })
  const client = await place.connect(host)
  expect(await client.$call('convert', [4, 'EUR'])).toBe(5)
  expect(await client.$call('last')).toBe('1.25')
  await expect(client.$call('failing')).rejects.toMatchObject({
    name: 'RangeError',
    message: 'no such thing',
    code: 'ENOTHING',
  })
  expect(await client.$call('last')).toBe('1.25')
  const codes = { moon: 'UNKNOWN', shapeless: 'RESULT', huge: 'RESULT_TOO_LARGE', stuck: 'TIMEOUT' }
  for (const [name, code] of Object.entries(codes))
    expect(await client.$call('anyway', [name])).toStrictEqual({
      name: 'OracleError',
      code: `ERR_VMS_ORACLE_${code}`,
    })
  await expect(client.$call('dear')).rejects.toMatchObject({ abort: 'result-bytes' })
  expect(await client.$call('visit')).toBe('visited')
  expect(told.join('\n')).toContain('oracle "failing": RangeError: no such thing')
  await host.close()
  expect(await usesFrom(place, 2)).toStrictEqual([
    ['base', [], 'GBP'],
    ['rate', ['EUR', 'GBP'], 1.25],
    ['failing', [], 'ENOTHING'],
    ['moon', [], 'ERR_VMS_ORACLE_UNKNOWN'],
    ['shapeless', [], 'ERR_VMS_ORACLE_RESULT'],
    ['huge', [], 'ERR_VMS_ORACLE_RESULT_TOO_LARGE'],
    ['stuck', [], 'ERR_VMS_ORACLE_TIMEOUT'],
    ['base', [], 'GBP'],
  ])
  const report = await place.audit()
  expect(report).toMatchObject({ verdict: 'verified', findings: [], calls: 10, oracles: 8 })
})

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 30_000 }

/** A function that answers when the test says so. */
function gate() {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<string>()
  const wait = (): Promise<string> => {
    asked.resolve()
    return answer.promise
  }
  return { wait, asked: asked.promise, answer: answer.resolve }
}

test('while one is waited for, the others wait, and nothing of their group is committed', async () => {
  const place = await Place.make()
  const [first, second] = [gate(), gate()]
  const waits = [first, second]
  const sizes: number[] = []
  let admitted = 0
  const host = await place.host(SCRIPT, {
    oracles: { ...oracles, wait: () => waits.shift()?.wait() },
    // Less than the wait, which does not count.
    serviceLimits: { callWallMs: 1_000 },
    ports: {
      crypto: {
        ...sodiumCrypto,
        verify: (...given) => {
          admitted += 1
          return sodiumCrypto.verify(...given)
        },
      },
      startMachine: async (options) => {
        const machine = await Machine.start(options)
        const { run } = machine
        machine.run = (requests) => {
          sizes.push(requests.length)
          return run.call(machine, requests)
        }
        return machine
      },
    },
  })
  const client = await place.connect(host, { requestCalls: 1 })
  const order: string[] = []
  const note = (name: string) => (): void => {
    order.push(name)
  }
  // What comes while the first one waits is one group: a call before the one that waits next, and one after.
  const calls = [client.$call('wait').then(note('first'))]
  await first.asked
  const { length } = host.head
  calls.push(
    client.$call('visit').then(note('before')),
    client.$call('wait').then(note('waiting')),
    client.$call('visit').then(note('after')),
  )
  await vi.waitFor(() => expect(admitted).toBe(4), PATIENCE)
  await setTimeout(50)
  expect(host.head.length).toBe(length)
  first.answer('done')
  await second.asked
  await vi.waitFor(() => expect(order).toStrictEqual(['first']), PATIENCE)
  await setTimeout(1_200)
  expect(order).toStrictEqual(['first'])
  expect(host.head.length).toBe(length + 1)
  second.answer('done')
  await Promise.all(calls)
  expect(order).toStrictEqual(['first', 'before', 'waiting', 'after'])
  expect(sizes).toStrictEqual([1, 3])
  expect(host.head.length).toBe(length + 4)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 4, oracles: 3 })
})

test('a host that closes does not wait for one, and what it was asked is on record', async () => {
  const place = await Place.make()
  const { wait, asked } = gate()
  const host = await place.host(SCRIPT, { oracles: { ...oracles, wait } })
  const client = await place.connect(host)
  const call = client.$call('wait', ['x'])
  const ended = expect(call).rejects.toMatchObject({ code: 'ERR_VMS_ORACLE_CLOSING' })
  await asked
  await host.close()
  await ended
  expect(await usesFrom(place, 3)).toStrictEqual([['wait', ['x'], 'ERR_VMS_ORACLE_CLOSING']])
  expect(await place.audit()).toMatchObject({ verdict: 'verified', oracles: 2 })
})

test('a script may ask only in calls and in init', async () => {
  const place = await Place.make()
  const script = `const rate = System.oracle('base'); exports.rate = () => rate`
  const host = await place.host(script, { oracles })
  const client = await place.connect(host)
  await expect(client.$call('rate')).rejects.toMatchObject({ code: 'ERR_VMS_ORACLE_AT_TOP_LEVEL' })
})

test('an init whose oracle fails is no deployment', async () => {
  const place = await Place.make()
  await expect(place.host(SCRIPT)).rejects.toMatchObject({
    code: 'ERR_VMS_SCRIPT_FAILED',
    message: expect.stringContaining('this host has no oracle "base"'),
  })
})

const lies: [string, (uses: OracleUse[]) => OracleUse[], object][] = [
  [
    'other arguments of a use',
    (uses) => uses.map((use) => ({ ...use, args: encodeValue(['USD', 'GBP']) })),
    {
      code: 'ORACLE_DIFFERS',
      path: '$[0].args[0]',
      expected: 'rate("EUR", "GBP")',
      got: 'rate("USD", "GBP")',
    },
  ],
  [
    'another answer than the script was given',
    (uses) => uses.map((use) => ({ ...use, value: encodeValue(2) })),
    { code: 'VALUE_DIFFERS', expected: '8', got: '5' },
  ],
  [
    'no use at all',
    () => [],
    { code: 'ORACLE_DIFFERS', path: '$[0]', got: 'no further use of an oracle' },
  ],
  [
    'a use that never was',
    ([use]) => [use as OracleUse, use as OracleUse],
    { code: 'ORACLE_DIFFERS', path: '$[1]', expected: 'no further use of an oracle' },
  ],
  [
    'an answer that is no value',
    (uses) => uses.map((use) => ({ ...use, value: Uint8Array.of(0xc1) })),
    { code: 'ORACLE_INVALID', severity: 'proven', path: '$[0].value' },
  ],
]

testInTurn(3).each(lies)('a host that records %s is caught', async (_, lie, expected) => {
  const place = await Place.make()
  const liar = new Liar()
  const host = await place.host(SCRIPT, { oracles, ports: liar.ports })
  const client = await place.connect(host)
  await client.$call('visit')
  liar.tell({
    answered: (result: CallResult) => ({ ...result, oracles: lie(result.oracles) }),
  })
  expect(await client.$call('convert', [4, 'EUR'])).toBe(5)
  expect(liar.told).toBe(1)
  liar.repent()
  await client.$call('convert', [4, 'EUR'])
  await host.close()
  const report = await place.audit()
  expect(report.verdict).toBe('host-fault')
  expect(report.findings[0]).toMatchObject({ entry: 4, call: 0, method: 'convert', ...expected })
})
