/** A trial runs another script on a recorded history as a host would have run it. */
import { encodeValue, MACHINE_LIMITS, type Outcome } from '@vms/format'
import { expect, test } from 'vitest'
import { tryUpgrade } from '../src/index.ts'
import { Recording } from './recording.ts'
import { alarmEntry, SOME_FILES } from './scribe.ts'

const SCRIPT = `
exports.count = async (n) => { let i = 0; while (i < n) i++; return i }
exports.later = (at) => System.alarm.at(at, 'count', 1)
exports.pending = async () => (await System.alarm.list()).map(({ id }) => id)
`
const tried = (source: string) => ({ name: 'v2.js', source })

/** The id of the first alarm that the entry at `position` sets for `due`. */
const idOf = (due: number, position: number): string =>
  `${String(due).padStart(16, '0')}-${String(position).padStart(16, '0')}-000000`

const skipped: Outcome = {
  status: 'skipped',
  value: null,
  error: null,
  abort: null,
  changes: null,
  oracles: [],
  fuel: 0,
}

test('an alarm that the host could not run is pending no longer', async () => {
  const recording = await Recording.start(SCRIPT)
  const { scribe } = recording
  await recording.group([{ calls: [['later', 9_000]], entry: { time: 3_000 } }])
  const id = idOf(9_000, 2)
  const alarm = { id, due: 9_000, time: 9_000, outcome: skipped }
  scribe.group([alarmEntry({ ...alarm, method: 'count', args: encodeValue([1]) })], SOME_FILES)
  scribe.group(
    [
      {
        ...scribe.calls({ calls: [['pending']], entry: { time: 9_500 } }),
        outcomes: [{ ...skipped, status: 'returned', value: encodeValue([]) }],
      },
    ],
    SOME_FILES,
  )
  const report = await tryUpgrade({ ledger: scribe.source(), script: tried(SCRIPT) })
  expect(report).toMatchObject({ entries: 5, different: 0 })
})

test('the calls of a request share its limits', async () => {
  const limits = { ...MACHINE_LIMITS, fuelPerCall: 100_000, fuelPerRequest: 150_000 }
  const recording = await Recording.start(SCRIPT, { limits })
  await recording.group([{ calls: Array.from({ length: 3 }, () => ['count', 10] as const) }])
  const { scribe } = recording
  const hungry = SCRIPT.replace('let i = 0', 'let i = 0; for (let j = 0; j < 80000; j++);')
  const report = await tryUpgrade({ ledger: scribe.source(), script: tried(hungry) })
  expect(report.differences.map(({ call, got }) => [call, got])).toEqual([
    [1, 'aborted request-fuel'],
    [2, 'skipped'],
  ])
})

test('a request with a call of no method is refused whole', async () => {
  const recording = await Recording.start(SCRIPT)
  await recording.group([{ calls: [['count', 1], ['pending']] }])
  const without = SCRIPT.replace(/exports.pending.*\n/, '')
  const ledger = recording.scribe.source()
  const report = await tryUpgrade({ ledger, script: tried(without) })
  expect(report.differences.map(({ call, got }) => [call, got])).toEqual([
    [0, 'refused: no method "pending"'],
    [1, 'refused: no method "pending"'],
  ])
})
