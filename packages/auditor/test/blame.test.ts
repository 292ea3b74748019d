/** What differing and agreeing replays say about a difference. */
import { secondOpinions } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { blame, type ReplayAgain } from '../src/audit/blame.ts'
import { verdictOf } from '../src/audit/report.ts'
import type { Divergence, Engine } from '../src/findings/divergence.ts'
import { finding } from '../src/findings/finding.ts'

const MINE: Engine = { v8: '1', icu: '1', unicode: '1', tz: '1', arch: 'x64' }
const OTHER: Engine = { ...MINE, v8: '14.6.1', unicode: '17.0' }
const AUDITOR = { engine: MINE, semantics: 1 }

const place = { entry: 7, call: 1, method: 'a', part: 'value', path: '$', expected: '1', got: '2' }

const divergence = (other: Partial<Divergence> = {}): Divergence => ({
  finding: finding('VALUE_DIFFERS', place),
  replayed: Uint8Array.of(1),
  recordedOn: MINE,
  ...other,
})

/** Answers each replay in turn; the last answer stays. */
function answers(...given: (Divergence | null)[]): { again: ReplayAgain; asked: string[] } {
  const asked: string[] = []
  const again: ReplayAgain = async ({ name }, until) => {
    expect(until).toBe(8)
    asked.push(name)
    return given[Math.min(asked.length, given.length) - 1] ?? null
  }
  return { again, asked }
}

const names = secondOpinions.map(({ name }) => name)

test('replays that agree leave the finding as it is', async () => {
  const { again, asked } = answers(divergence())
  const findings = await blame(divergence(), AUDITOR, again)
  expect(findings).toEqual([divergence().finding])
  expect(verdictOf(findings)).toBe('host-fault')
  expect(asked).toEqual(names)
})

test.each<[string, Divergence | null]>([
  ['gives other bytes', divergence({ replayed: Uint8Array.of(2) })],
  [
    'differs at another entry',
    divergence({ finding: finding('VALUE_DIFFERS', { ...place, entry: 5 }) }),
  ],
  [
    'differs in another call',
    divergence({ finding: finding('VALUE_DIFFERS', { ...place, call: 0 }) }),
  ],
  ['gives what the ledger has', null],
])('a replay that %s makes it the script’s', async (_, other) => {
  const { again, asked } = answers(divergence(), other)
  const findings = await blame(divergence(), AUDITOR, again)
  expect(findings).toMatchObject([
    { code: 'SCRIPT_NONDETERMINISTIC', entry: 7, call: 1, method: 'a', part: 'value' },
    { code: 'VALUE_DIFFERS', entry: 7, severity: 'undecided' },
  ])
  expect(findings[0]?.got).toContain(names[1])
  expect(findings[1]?.cause).toBe(findings[0]?.cause)
  expect(verdictOf(findings)).toBe('nondeterministic-script')
  expect(asked).toEqual(names.slice(0, 2))
})

test('a replay that ran into its backstop has no opinion', async () => {
  const refused = divergence({ finding: finding('REPLAY_REFUSED', { entry: 3 }) })
  const { again, asked } = answers(divergence(), refused, divergence())
  expect(await blame(divergence(), AUDITOR, again)).toEqual([divergence().finding])
  expect(asked).toEqual(names)
})

test('replays that all ran into their backstops leave nobody accused', async () => {
  const refused = divergence({ finding: finding('REPLAY_REFUSED', { entry: 3, got: 'crash' }) })
  const findings = await blame(divergence(), AUDITOR, answers(refused).again)
  expect(findings).toMatchObject([
    { code: 'REPLAY_REFUSED', entry: 7, got: 'crash' },
    { code: 'VALUE_DIFFERS', severity: 'undecided' },
  ])
  expect(verdictOf(findings)).toBe('incomplete')
})

test('another engine leaves it undecided, if the replays agree', async () => {
  const recorded = divergence({ recordedOn: OTHER })
  const findings = await blame(recorded, AUDITOR, answers(recorded).again)
  expect(findings).toMatchObject([
    {
      code: 'ENGINE_DIFFERS',
      part: 'engine',
      expected: JSON.stringify(MINE),
      cause:
        'the difference may come from the engine: audit with Node 26.0.0 or a later 26 on x64 to decide it',
    },
    { code: 'VALUE_DIFFERS', severity: 'undecided' },
  ])
  expect(verdictOf(findings)).toBe('engine-differs')
  const torn = await blame(recorded, AUDITOR, answers(null).again)
  expect(verdictOf(torn)).toBe('nondeterministic-script')
})

test('other ICU and time zone data excuse nothing, nor does another patch of V8', async () => {
  const recorded = divergence({ recordedOn: { ...MINE, v8: '1.0.7', icu: 'made up', tz: '1970a' } })
  const findings = await blame(
    recorded,
    { ...AUDITOR, engine: { ...MINE, v8: '1.0.8' } },
    answers(recorded).again,
  )
  expect(findings).toMatchObject([{ code: 'VALUE_DIFFERS', severity: 'reproducible' }])
  expect(verdictOf(findings)).toBe('host-fault')
})

test('what no replay can change is not replayed', async () => {
  const refused = finding('REPLAY_REFUSED', { entry: 7 })
  const { again, asked } = answers(null)
  expect(await blame(divergence({ finding: refused }), AUDITOR, again)).toEqual([refused])
  expect(asked).toEqual([])
})
