/**
 * Whatever a script asks and whatever it is told: the record of an honest host is verified, and that of one that changed a
 * single use is not.
 */
import { audit } from '@vms/auditor'
import { encodeValue, type OracleUse, type Outcome, type Value } from '@vms/format'
import type { OracleAnswer } from '@vms/sandbox'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Recording } from '../../packages/auditor/test/recording.ts'
import { sameValue } from '../../packages/format/test/arbitrary-value.ts'
import { rounds } from '../harness/in-turn.ts'

/** Asks for what its argument says, some at a time, and returns or throws whatever it was told. */
const SCRIPT = `
exports.play = async (plan, ending) => {
  const told = []
  for (const step of plan) {
    told.push(await Promise.all(step.map(([name, ...args]) => System.oracle(name, ...args).then(
      (value) => ['value', value],
      ({ name, message, code }) => ['error', name, message, code ?? null],
    ))))
  }
  if (ending === 'throw') throw new Error(JSON.stringify(told))
  if (ending === 'write') await System.files.writeFile('/told', told, 'json')
  return told
}
`

const name = fc.constantFrom('a', 'b', 'toString', '__proto__', 'é')
const plain = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Value>
const ask = fc
  .tuple(
    name,
    fc.array(plain, { maxLength: 2 }).map((args) => args),
  )
  .map(([n, args]) => [n, ...args])
const plan = fc.array(fc.array(ask, { minLength: 1, maxLength: 3 }), { maxLength: 4 })
const ending = fc.constantFrom('return', 'throw', 'write')
const answer: fc.Arbitrary<OracleAnswer> = fc.oneof(
  plain.map((value) => ({ value: encodeValue(value) })),
  fc
    .record({
      name: fc.constantFrom('Error', 'RangeError', 'X'),
      message: fc.string(),
      code: fc.option(fc.string({ maxLength: 100 })),
    })
    .map((error) => ({ error })),
)
const calls = fc.array(fc.tuple(plan, ending), { minLength: 1, maxLength: 8 })

const HONEST = rounds('honest records', 4, 12)
const CHANGED = rounds('changed records', 3, 12)

async function record(
  played: readonly (readonly [unknown, string])[],
  answers: readonly OracleAnswer[],
  change: (outcome: Outcome, call: number) => Outcome = (outcome) => outcome,
): Promise<Recording> {
  let asked = 0
  const oracle = async (): Promise<OracleAnswer> =>
    answers[asked++ % answers.length] as OracleAnswer
  const recording = await Recording.start(SCRIPT, {}, {}, oracle)
  await recording.group([{ calls: played.map(([steps, end]) => ['play', steps, end]) }], {
    calls: (entry) => ({ ...entry, outcomes: entry.outcomes.map(change) }),
  })
  return recording
}

test('an honest record is verified', async () => {
  await fc.assert(
    fc.asyncProperty(
      calls,
      fc.array(answer, { minLength: 1, maxLength: 8 }),
      async (played, answers) => {
        const { scribe } = await record(played, answers)
        const report = await audit({ ledger: scribe.source() })
        expect(report).toMatchObject({ verdict: 'verified', findings: [] })
        expect(report.oracles).toBe(played.filter(([steps]) => steps.length > 0).length)
      },
    ),
    { numRuns: HONEST },
  )
})

/** Changes one use in a way that the script can see; null if it is no change. */
function altered(use: OracleUse, how: 'name' | 'args' | 'value', to: Value): OracleUse {
  if (how === 'name') return { ...use, name: `${use.name}x` }
  if (how === 'args') return { ...use, args: encodeValue([to, 'other']) }
  return { ...use, value: encodeValue([to, 'other']), error: null }
}

test('a record in which one use was changed is not', async () => {
  const used = calls.filter((played) => played.some(([steps]) => steps.length > 0))
  const how = fc.constantFrom('name' as const, 'args' as const, 'value' as const)
  await fc.assert(
    fc.asyncProperty(used, answer, how, plain, fc.nat(), async (played, told, what, to, at) => {
      const asking = played.flatMap(([steps], call) => (steps.length > 0 ? [call] : []))
      const victim = asking[at % asking.length]
      let changed = false
      const { scribe } = await record(played, [told], (outcome, call) => {
        if (call !== victim) return outcome
        const one = at % outcome.oracles.length
        const oracles = outcome.oracles.map((use, i) => (i === one ? altered(use, what, to) : use))
        changed = !sameValue(oracles, outcome.oracles)
        return { ...outcome, oracles }
      })
      const report = await audit({ ledger: scribe.source() })
      expect(report.verdict).toBe(changed ? 'host-fault' : 'verified')
      const [found] = report.findings
      if (changed) expect(found).toMatchObject({ entry: 2, call: victim, method: 'play' })
      if (changed && what !== 'value') expect(found).toMatchObject({ code: 'ORACLE_DIFFERS' })
    }),
    { numRuns: CHANGED },
  )
})
