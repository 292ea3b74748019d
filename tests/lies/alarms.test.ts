/** Lies about alarms: one is not fired, or too early, or otherwise than it was set, or was never set. */
import type { FindingCode, Severity } from '@vms/auditor'
import { type AlarmEntry, decodeValue, encodeValue } from '@vms/format'
import type { Group } from '@vms/ledger'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import type { Lie } from './liar.ts'
import { Scene } from './scene.ts'
import { verify } from './verify.ts'

const SCRIPT = `
exports.later = (ms, ...args) => System.alarm.at(Date.now() + ms, 'ring', ...args)
exports.ring = async (...args) => {
  await System.files.writeFile('/rung', JSON.stringify(args))
  return args
}
exports.other = () => 'other'
exports.rung = () => System.files.readFile('/rung').catch(() => null)
`

/** An alarm is set; the liar starts anew with the lie, and a call comes when the alarm was due. */
async function told(lie: Lie): Promise<{ scene: Scene; id: string }> {
  const scene = await Scene.make(SCRIPT)
  await scene.serve('liar')
  const before = await scene.connect()
  const id = (await before.$call('later', [30_000, 'truly'])) as string
  scene.liar.tell(lie)
  await scene.serve('liar')
  const after = await scene.connect()
  // Less than a request lives.
  scene.liar.aheadMs = 40_000
  await after.$call('rung')
  return { scene, id }
}

const inAlarm = (group: Group, change: (entry: AlarmEntry) => Partial<AlarmEntry>): Group => ({
  ...group,
  entries: group.entries.map((entry) =>
    entry.type === 'alarm' ? { ...entry, ...change(entry) } : entry,
  ),
})

const OTHERS = { method: 'other', args: encodeValue(['falsely']) }

interface ToldLie {
  readonly name: string
  readonly lie: Lie
  readonly finding: {
    readonly code: FindingCode
    readonly severity: Severity
    /** What entry 4 holds: genesis, boot, the call that set the alarm and the boot of the liar come before it. */
    readonly part: string
    readonly method: string | null
  }
}

const LIES: readonly ToldLie[] = [
  {
    name: 'an alarm that is not fired',
    lie: { alarms: () => new Map() },
    finding: { code: 'ALARM_MISSED', severity: 'reproducible', part: 'alarm', method: 'ring' },
  },
  {
    name: 'an alarm that is fired before it is due',
    lie: { group: (group) => inAlarm(group, ({ due }) => ({ time: due - 1 })) },
    finding: { code: 'ALARM_EARLY', severity: 'proven', part: 'time', method: 'ring' },
  },
  {
    name: 'another method than the one that was set',
    lie: {
      rung: (alarm) => ({ ...alarm, run: OTHERS }),
      group: (group) => inAlarm(group, () => OTHERS),
    },
    finding: { code: 'ALARM_DIFFERS', severity: 'reproducible', part: 'alarm', method: 'other' },
  },
  {
    name: 'other arguments than those that were set, not in the ledger',
    lie: {
      rung: (alarm) => ({ ...alarm, run: { method: 'ring', args: encodeValue(['falsely']) } }),
    },
    finding: { code: 'VALUE_DIFFERS', severity: 'reproducible', part: 'value', method: 'ring' },
  },
  {
    name: 'an alarm that nobody set',
    lie: {
      alarms: (files) => {
        const [[id, data] = ['', new Uint8Array()]] = files
        return new Map([[id.replace(/\d$/, '7'), data]])
      },
    },
    finding: { code: 'ALARM_INVENTED', severity: 'reproducible', part: 'alarm', method: 'ring' },
  },
]

const test = testInTurn(3)

test.each(LIES)('$name is caught', async ({ lie, finding }) => {
  const { scene } = await told(lie)
  expect(scene.liar.told).toBeGreaterThan(0)
  expect(await verify(scene.host.url)).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ ...finding, entry: 4, call: null }] },
  })
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({ findings: [{ ...finding, entry: 4 }] })
})

test('without a lie the same is verified, and the report says how late the alarm was', async () => {
  const { scene, id } = await told({})
  const entry = scene.liar.entry('alarm')
  expect(entry).toMatchObject({ id, method: 'ring' })
  expect(decodeValue(entry.args)).toStrictEqual(['truly'])
  const latestMs = entry.time - Number(id.slice(0, 16))
  expect(await verify(scene.host.url)).toMatchObject({
    code: 0,
    report: { verdict: 'verified', alarms: { fired: 1, skipped: 0, latestMs, pending: 0 } },
  })
})

test('an alarm that the host says it could not run is counted, and accuses nobody', async () => {
  const skipped = { status: 'skipped', value: null, changes: null, fuel: 0 } as const
  const { scene } = await told({
    rung: (alarm) => ({ ...alarm, run: null }),
    group: (group) => inAlarm(group, ({ outcome }) => ({ outcome: { ...outcome, ...skipped } })),
  })
  expect(await verify(scene.host.url)).toMatchObject({
    code: 0,
    report: { verdict: 'verified', alarms: { fired: 0, skipped: 1, pending: 0 } },
  })
})
