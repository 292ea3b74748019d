/** What an audit says of calls that asked an oracle: by an honest host, and by one that writes other uses than there were. */
import {
  decodeValue,
  encodeValue,
  MACHINE_LIMITS,
  type OracleUse,
  type Outcome,
  type Value,
} from '@vms/format'
import { Machine, type OraclePort } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import { audit, type Finding } from '../src/index.ts'
import { Recording, type Tampering } from './recording.ts'

const SCRIPT = `
exports.init = async () => { await System.files.writeFile('/rate', String(await System.oracle('rate', 'EUR'))) }
exports.both = async (a, b) => {
  const [x, y] = await Promise.all([System.oracle('rate', a), System.oracle('rate', b)])
  await System.files.writeFile('/sum', String(x + y))
  return x + y
}
exports.maybe = async () => {
  const x = await System.oracle('rate', 'EUR')
  return x > 1 ? System.oracle('more', x) : x
}
exports.caught = async () => {
  try { return await System.oracle('moon') } catch ({ name, message, code }) { return { name, message, code } }
}
exports.thrown = () => System.oracle('moon')
exports.aborted = async () => { await System.oracle('rate', 'EUR'); return 'x'.repeat(2000) }
exports.endless = async () => { await System.oracle('rate', 'EUR'); for (;;); }
exports.plain = () => 1
`

const rates: Record<string, number> = { EUR: 1.25, USD: 1 }

const oracle: OraclePort = async (name, args) => {
  const [first] = decodeValue(args) as Value[]
  if (name === 'rate') return { value: encodeValue(rates[first as string]) }
  if (name === 'more') return { value: encodeValue((first as number) + 1) }
  return { error: { name: 'Error', message: `no ${name}`, code: 'ERR_VMS_ORACLE_UNKNOWN' } }
}

/** A ledger with one request, whose outcomes were exchanged. */
async function recorded(
  calls: readonly (readonly [string, ...unknown[]])[],
  change: (outcome: Outcome) => Outcome = (outcome) => outcome,
): Promise<Recording> {
  const recording = await Recording.start(SCRIPT, {}, {}, oracle)
  const tampering: Tampering = {
    calls: (entry) => ({ ...entry, outcomes: entry.outcomes.map(change) }),
  }
  await recording.group([{ calls }], tampering)
  return recording
}

const withUses =
  (change: (uses: OracleUse[]) => OracleUse[]) =>
  (outcome: Outcome): Outcome => ({ ...outcome, oracles: change(outcome.oracles) })

const use = (name: string, args: Value[], value: Value): OracleUse => ({
  name,
  args: encodeValue(args),
  value: encodeValue(value),
  error: null,
})

test('answers are fed back, and the calls that used them are counted', async () => {
  const { scribe } = await recorded([
    ['both', 'EUR', 'USD'],
    ['plain'],
    ['maybe'],
    ['caught'],
    ['thrown'],
    ['plain'],
  ])
  const startMachine = (options: Parameters<typeof Machine.start>[0]) => {
    expect(options.oracle).toBeTypeOf('function')
    return Machine.start(options)
  }
  const report = await audit({ ledger: scribe.source(), startMachine })
  // Four calls and the init.
  expect(report).toMatchObject({ verdict: 'verified', findings: [], calls: 6, oracles: 5 })
})

test('a ledger without oracles counts none', async () => {
  const recording = await Recording.start('exports.plain = () => 1')
  await recording.group([{ calls: [['plain']] }])
  const report = await audit({ ledger: recording.scribe.source() })
  expect(report).toMatchObject({ verdict: 'verified', calls: 1, oracles: 0 })
})

test('a call that aborted after it was told something is fed back too', async () => {
  const limits = { ...MACHINE_LIMITS, resultBytes: 1_000 }
  const recording = await Recording.start(SCRIPT, { limits }, {}, oracle)
  await recording.group([{ calls: [['aborted'], ['plain']] }])
  // A boot belongs in between.
  await recording.restart()
  await recording.group([{ calls: [['endless'], ['plain']] }])
  const report = await audit({ ledger: recording.scribe.source() })
  expect(report).toMatchObject({ verdict: 'verified', calls: 2, oracles: 3 })
})

test('what an oracle answered is believed, and what the script made of it is not', async () => {
  const other = use('rate', ['USD'], 2)
  const changed = await recorded(
    [['both', 'EUR', 'USD']],
    withUses(([first]) => [first as OracleUse, other]),
  )
  const { findings } = await audit({ ledger: changed.scribe.source() })
  expect(findings[0]).toMatchObject({ code: 'VALUE_DIFFERS', expected: '3.25', got: '2.25' })
})

const lies: [string, (uses: OracleUse[]) => OracleUse[], Partial<Finding>][] = [
  [
    'other arguments',
    ([first]) => [first as OracleUse, use('rate', ['GBP'], 1)],
    { path: '$[1].args[0]', expected: 'rate("USD")', got: 'rate("GBP")' },
  ],
  [
    'another name',
    ([, second]) => [use('price', ['EUR'], 1.25), second as OracleUse],
    { path: '$[0].name', expected: 'rate("EUR")', got: 'price("EUR")' },
  ],
  [
    'another order',
    (uses) => uses.toReversed(),
    { path: '$[0].args[0]', expected: 'rate("EUR")', got: 'rate("USD")' },
  ],
  [
    'one use less',
    ([first]) => [first as OracleUse],
    { path: '$[1]', expected: 'rate("USD")', got: 'no further use of an oracle' },
  ],
  [
    'one use more',
    (uses) => [...uses, use('rate', ['GBP'], 1)],
    { path: '$[2]', expected: 'no further use of an oracle', got: 'rate("GBP")' },
  ],
  ['none', () => [], { path: '$[0]', expected: 'rate("EUR")', got: 'no further use of an oracle' }],
]

testInTurn(4).each(lies)('a host that wrote %s is at fault', async (_, lie, expected) => {
  const { scribe } = await recorded([['both', 'EUR', 'USD']], withUses(lie))
  const report = await audit({ ledger: scribe.source() })
  expect(report.verdict).toBe('host-fault')
  expect(report.findings).toMatchObject([
    { code: 'ORACLE_DIFFERS', entry: 3, call: 0, method: 'both', part: 'oracles', ...expected },
  ])
})

test('an answer that makes the script ask for something else is found where it asks', async () => {
  const lower = withUses(([, ...rest]) => [use('rate', ['EUR'], 0.5), ...rest])
  const { scribe } = await recorded([['maybe']], lower)
  const { findings } = await audit({ ledger: scribe.source() })
  expect(findings[0]).toMatchObject({
    code: 'ORACLE_DIFFERS',
    path: '$[1]',
    expected: 'no further use of an oracle',
    got: 'more(1.25)',
  })
})

test('a script that asks for something else each time is called nondeterministic', async () => {
  const { scribe } = await recorded([['both', 'EUR', 'USD']])
  let started = 0
  const report = await audit({
    ledger: scribe.source(),
    startMachine: async (options) => {
      started += 1
      const machine = await Machine.start(options)
      const { run } = machine
      const asked = encodeValue([started])
      machine.run = async (requests) => {
        const ran = await run.call(machine, requests)
        for (const use of ran.done.flatMap(({ results }) => results[0]?.oracles ?? []))
          use.args = asked
        return ran
      }
      return machine
    },
  })
  expect(report.verdict).toBe('nondeterministic-script')
  expect(report.findings).toMatchObject([
    { code: 'SCRIPT_NONDETERMINISTIC', part: 'oracles', path: '$[0].args[0]' },
    { code: 'ORACLE_DIFFERS', severity: 'undecided', expected: 'rate(1)', got: 'rate("EUR")' },
  ])
})

test('the init of a host that wrote another use is not the one of the script', async () => {
  const { scribe } = await Recording.start(SCRIPT, {}, {}, oracle)
  const report = await audit({
    ledger: scribe.source(),
    startMachine: (options) =>
      Machine.start({
        ...options,
        oracle: (name, args, context) => options.oracle?.(`${name}s`, args, context) as never,
      }),
  })
  expect(report.findings[0]).toMatchObject({ code: 'INIT_DIFFERS', entry: 2 })
})
