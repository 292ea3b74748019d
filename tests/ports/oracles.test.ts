/** What a machine relies on in its port for oracles: one suite for those of a host, and for the recorded ones of a replay. */
import { decodeValue, encodeValue, type OracleUse, type Outcome, type Value } from '@vms/format'
import { nodeTimers } from '@vms/ledger'
import type { OracleAnswer, OracleContext, OraclePort } from '@vms/sandbox'
import { describe, expect, test } from 'vitest'
import { RecordedOracles } from '../../packages/auditor/src/replay/recorded-oracles.ts'
import { HostOracles, type Oracles } from '../../packages/host/src/oracles/oracles.ts'
import { SERVICE_LIMITS } from '../../packages/host/src/settings/limits.ts'

const functions: Oracles = {
  add: (a: number, b: number) => a + b,
  later: async (value: Value) => value,
  fail(message: string) {
    throw Object.assign(new RangeError(message), { code: 'ENORATE' })
  },
  nothing: () => undefined,
  unspeakable: () => () => 1,
  large: () => 'x'.repeat(2_000),
}

/** Bytes of a result at most. */
const RESULT_BYTES = 1_000

const QUESTIONS: readonly (readonly [name: string, ...args: Value[]])[] = [
  ['add', 2, 3],
  ['later', { deep: [1n, new Uint8Array([7])] }],
  ['add', 2, 3],
  ['fail', 'no rate'],
  ['nothing'],
  ['unspeakable'],
  ['large'],
  ['unknown', 1],
]

const AT: OracleContext = { position: 3, call: 1, time: 1_800_000_000_000, caller: 'somebody' }

const ofHost = (): OraclePort =>
  new HostOracles({ functions, limits: SERVICE_LIMITS, timers: nodeTimers }).open(RESULT_BYTES)

/** Asks all questions, one at a time. */
async function asked(port: OraclePort): Promise<OracleAnswer[]> {
  const answers: OracleAnswer[] = []
  for (const [name, ...args] of QUESTIONS) answers.push(await port(name, encodeValue(args), AT))
  return answers
}

/** The port of a replay of what a host recorded. */
async function ofReplay(): Promise<OraclePort> {
  const answers = await asked(ofHost())
  const uses = QUESTIONS.map(([name, ...args], i): OracleUse => {
    const answer = answers[i] as OracleAnswer
    const [value, error] = 'value' in answer ? [answer.value, null] : [null, answer.error]
    return { name, args: encodeValue(args), value, error }
  })
  const recorded = new RecordedOracles()
  const none = { oracles: [] } as unknown as Outcome
  recorded.expect(AT.position, [none, { oracles: uses } as unknown as Outcome])
  return recorded.port
}

describe.each<[string, () => OraclePort | Promise<OraclePort>]>([
  ['of a host', ofHost],
  ['of a replay', ofReplay],
])('the oracles %s', (_, make) => {
  test('answer with encoded values, and with name, message and code of errors', async () => {
    const answers = await asked(await make())
    const shown = answers.map((answer) =>
      'value' in answer ? decodeValue(answer.value) : `${answer.error.name} ${answer.error.code}`,
    )
    expect(shown).toEqual([
      5,
      { deep: [1n, new Uint8Array([7])] },
      5,
      'RangeError ENORATE',
      undefined,
      'OracleError ERR_VMS_ORACLE_RESULT',
      'OracleError ERR_VMS_ORACLE_RESULT_TOO_LARGE',
      'OracleError ERR_VMS_ORACLE_UNKNOWN',
    ])
    expect(answers[3]).toMatchObject({ error: { message: 'no rate' } })
  })
})

test('a replay gives what the host gave, to the byte', async () => {
  expect(await asked(await ofReplay())).toEqual(await asked(ofHost()))
})

test('a replay has an answer of its own for another question, for one too many, and at another place', async () => {
  const diverged = { error: { code: 'ERR_VMS_ORACLE_DIVERGED' } }
  const args = encodeValue([2, 3])
  const other = await ofReplay()
  expect(await other('add', encodeValue([2, 4]), AT)).toMatchObject(diverged)
  const ended = await ofReplay()
  await asked(ended)
  expect(await ended('add', args, AT)).toMatchObject(diverged)
  const elsewhere = await ofReplay()
  expect(await elsewhere('add', args, { ...AT, call: 0 })).toMatchObject(diverged)
  expect(await elsewhere('add', args, { ...AT, position: 4 })).toMatchObject(diverged)
})
