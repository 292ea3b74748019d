/** Alarms of a real host: fired when they are due, once, in order, before later calls, across restarts, whatever comes of them. */
import { type Entry, MACHINE_LIMITS } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { type Host, nextAlarm } from '@vms/host'
import { Ledger } from '@vms/ledger'
import { expect, test, vi } from 'vitest'
import { Liar } from '../lies/liar.ts'
import { type AnyRemote, Place } from './place.ts'

const SCRIPT = `
exports.init = async () => { await System.files.writeFile('/rung', '[]') }
exports.later = (ms, method, ...args) => System.alarm.at(Date.now() + ms, method, ...args)
exports.ring = async (...args) => {
  const rung = JSON.parse(await System.files.readFile('/rung'))
  rung.push([System.caller.id, ...args])
  await System.files.writeFile('/rung', JSON.stringify(rung))
}
exports.again = async (left) => {
  await exports.ring(left)
  if (left > 0) await System.alarm.at(0, 'again', left - 1)
}
exports.replace = async (id) => { await System.alarm.cancel(id); await exports.ring('instead') }
exports.spin = () => { for (;;); }
exports.fail = async () => { await System.files.writeFile('/rung', 'never'); throw new Error('no') }
exports.rung = async () => JSON.parse(await System.files.readFile('/rung'))
exports.pending = async () => (await System.alarm.list()).length
`

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 45_000, interval: 50 }

const rings = (client: AnyRemote, rung: unknown): Promise<void> =>
  vi.waitFor(async () => expect(await client.$call('rung')).toStrictEqual(rung), PATIENCE)

/** Time of a host that a test sets ahead. */
class Time {
  aheadMs = 0
  readonly now = (): number => Date.now() + this.aheadMs
}

const kinds = (liar: Liar): Entry['type'][] =>
  liar.groups.flatMap(({ entries }) => entries.map(({ type }) => type))

test('an alarm is fired by itself, without a caller, and is gone', async () => {
  const place = await Place.make()
  const liar = new Liar()
  const host = await place.host(SCRIPT, { ports: liar.ports })
  const client = await place.connect(host)
  await client.$call('later', [1_000, 'ring', 'a'])
  const { length } = host.head
  // Nobody calls until then.
  await vi.waitFor(() => expect(host.head.length).toBe(length + 1), PATIENCE)
  expect(kinds(liar).at(-1)).toBe('alarm')
  expect(await client.$call('rung')).toStrictEqual([[null, 'a']])
  expect(await client.$call('pending')).toBe(0)
  await host.close()
  expect(await place.audit()).toMatchObject({
    verdict: 'verified',
    calls: 3,
    alarms: { fired: 1, skipped: 0, pending: 0 },
  })
})

test('those that are due are fired in order, and before any call', async () => {
  const place = await Place.make()
  const time = new Time()
  const liar = new Liar()
  const host = await place.host(SCRIPT, { ports: { ...liar.ports, now: time.now } })
  const client = await place.connect(host)
  for (const [ms, name] of [
    [30_000, 'third'],
    [10_000, 'first'],
    [20_000, 'second'],
    [900_000, 'not yet'],
  ])
    await client.$call('later', [ms, 'ring', name])
  time.aheadMs = 40_000
  expect(await client.$call('rung')).toStrictEqual([
    [null, 'first'],
    [null, 'second'],
    [null, 'third'],
  ])
  expect(kinds(liar).slice(-4)).toStrictEqual(['alarm', 'alarm', 'alarm', 'calls'])
  await host.close()
  const { verdict, alarms } = await place.audit()
  expect([verdict, alarms]).toMatchObject(['verified', { fired: 3, pending: 1 }])
  expect(alarms.latestMs).toBeGreaterThan(29_000)
})

test('an alarm may cancel another that is due as well, and set one again', async () => {
  const place = await Place.make()
  const time = new Time()
  const host = await place.host(SCRIPT, { ports: { now: time.now } })
  const client = await place.connect(host)
  const later = await client.$call('later', [20_000, 'ring', 'cancelled'])
  await client.$call('later', [10_000, 'replace', later])
  await client.$call('later', [10_000, 'again', 1])
  time.aheadMs = 30_000
  await rings(client, [
    [null, 'instead'],
    [null, 1],
    [null, 0],
  ])
  await host.close()
  expect(await place.audit()).toMatchObject({
    verdict: 'verified',
    alarms: { fired: 3, pending: 0 },
  })
})

test('many at once are fired over several groups', async () => {
  const place = await Place.make()
  const time = new Time()
  const liar = new Liar()
  const script = `${SCRIPT}
    exports.many = async (n) => { for (let i = 0; i < n; i++) await System.alarm.at(0, 'ring', i) }`
  const host = await place.host(script, { ports: { ...liar.ports, now: time.now }, epochCalls: 90 })
  const client = await place.connect(host)
  await client.$call('many', [150])
  time.aheadMs = 10_000
  const rung = Array.from({ length: 150 }, (_, i) => [null, i])
  expect(await client.$call('rung')).toStrictEqual(rung)
  expect(liar.groups.every(({ entries }) => entries.length <= 65)).toBe(true)
  await host.close()
  expect(await place.audit()).toMatchObject({
    verdict: 'verified',
    epochs: 2,
    alarms: { fired: 150 },
  })
})

test('a pending alarm survives a restart, and one that fell due meanwhile is late', async () => {
  const place = await Place.make()
  const first = await place.host(SCRIPT)
  const client = await place.connect(first)
  const id = (await client.$call('later', [1_000, 'ring', 'late'])) as string
  await client.$call('later', [3_600_000, 'ring', 'never'])
  await first.close()
  const due = Number(id.slice(0, 16))
  const ledger = await Ledger.open(place.service, { crypto: sodiumCrypto, readOnly: true })
  expect(await nextAlarm(ledger.files)).toBe(due)
  await ledger.close()
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(due + 500), PATIENCE)
  const second = await place.host(SCRIPT)
  const { length } = second.head
  await vi.waitFor(() => expect(second.head.length).toBe(length + 1), PATIENCE)
  const again = await place.connect(second)
  expect(await again.$call('rung')).toStrictEqual([[null, 'late']])
  await second.close()
  const { verdict, alarms } = await place.audit()
  expect([verdict, alarms]).toMatchObject(['verified', { fired: 1, pending: 1 }])
  expect(alarms.latestMs).toBeGreaterThan(500)
})

test('one that throws or is aborted is gone as well, and calls go on', async () => {
  const place = await Place.make()
  const time = new Time()
  const limits = { ...MACHINE_LIMITS, fuelPerCall: 5_000_000 }
  const host = await place.host(SCRIPT, { ports: { now: time.now }, machineLimits: limits })
  const client = await place.connect(host)
  for (const method of ['fail', 'spin', 'ring']) await client.$call('later', [10_000, method])
  time.aheadMs = 20_000
  await rings(client, [[null]])
  expect(await client.$call('pending')).toBe(0)
  await host.close()
  expect(await place.audit()).toMatchObject({
    verdict: 'verified',
    epochs: 2,
    alarms: { fired: 3, skipped: 0 },
  })
})

test('one that always runs into a backstop is given up, and the ledger says so', async () => {
  const place = await Place.make()
  const time = new Time()
  const fuel = 2 ** 31 - 1
  const host: Host = await place.host(SCRIPT, {
    ports: { now: time.now },
    machineLimits: { fuelPerCall: fuel, fuelPerRequest: fuel },
    serviceLimits: { callWallMs: 300 },
  })
  const client = await place.connect(host)
  await client.$call('later', [10_000, 'spin'])
  await client.$call('later', [10_000, 'ring'])
  time.aheadMs = 20_000
  await rings(client, [[null]])
  await host.close()
  expect(await place.audit()).toMatchObject({
    verdict: 'verified',
    alarms: { fired: 1, skipped: 1, pending: 0 },
  })
})

test('alarms of one group, and calls after them, may ask for the history', async () => {
  const place = await Place.make()
  const time = new Time()
  const script = `${SCRIPT}
    exports.past = async () => { await exports.ring((await System.files.history()).length) }
    exports.history = async () => (await System.files.history()).length`
  const host = await place.host(script, { ports: { now: time.now } })
  const client = await place.connect(host)
  for (const ms of [10_000, 10_001, 10_002]) await client.$call('later', [ms, 'past'])
  time.aheadMs = 20_000
  await rings(client, [
    [null, 1],
    [null, 1],
    [null, 1],
  ])
  expect(await client.$call('history')).toBe(2)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', alarms: { fired: 3 } })
})
