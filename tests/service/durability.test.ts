/** Nothing leaves before it is durable, and nothing at all after a commit that failed. Holds I1 and I7. */
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '@vms/host'
import { encodeClientFrame } from '@vms/rpc'
import { expect, test, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { Disk } from './disk.ts'
import { Place } from './place.ts'
import { ReplicaTap } from './replica-tap.ts'
import { Wire } from './wire.ts'

const NOTES = `
exports.init = async () => System.files.mkdir('/notes')
exports.note = async (text) => { await System.files.writeFile('/notes/' + text, text); return text }
exports.notes = async () => System.files.readdir('/notes')
`

/** Milliseconds in which a byte that must not leave would have arrived: it takes about one. */
const QUIET_MS = 250

const fault = (code: string): Error =>
  Object.assign(new Error(`${code}: made by the test`), { code })

/** Whether a promise has come to anything yet. */
function watch(promise: Promise<unknown>): { settled: boolean } {
  const state = { settled: false }
  const settle = (): void => {
    state.settled = true
  }
  promise.then(settle, settle)
  return state
}

/** Sends a call of `note` and waits for nothing; what comes are the wire's next frames. */
function sendNote(wire: Wire, text: string): Uint8Array {
  const request = wire.request([['note', [text]]])
  wire.send(encodeClientFrame(['call', 1, request, wire.sign(request)]))
  return request
}

async function servedLength(host: Host): Promise<number> {
  const response = await fetch(`http://localhost:${host.port}/.well-known/vms.json`)
  const { services } = (await response.json()) as { services: [{ length: number }] }
  return services[0].length
}

/** A replica that has caught up with the host, and hears nothing more until something happens. */
async function follow(host: Host, place: Place): Promise<ReplicaTap> {
  const tap = await ReplicaTap.open(host, path.join(place.dir, 'replica'))
  await tap.replica.update({ atLeast: host.head.length })
  await sleep(QUIET_MS)
  return tap
}

test('while a group is being synced nobody hears of it: its caller, a bystander, a newcomer, a replica', async () => {
  const place = await Place.make()
  const disk = new Disk()
  const host = await place.host(NOTES, { ports: disk.ports })
  const first = await Wire.open(host)
  const second = await Wire.open(host)
  const bystander = await Wire.open(host)
  const tap = await follow(host, place)
  const overheard = watch(bystander.next())

  for (let round = 0; round < 3; round++) {
    const { length } = host.head
    const { received } = tap
    disk.hold()
    sendNote(first, `${round}a`)
    await disk.reached()
    // Executed while the first is being synced, in a group of its own.
    sendNote(second, `${round}b`)
    const [ofFirst, ofSecond] = [first.next(), second.next()]
    const [heardFirst, heardSecond] = [watch(ofFirst), watch(ofSecond)]
    await sleep(QUIET_MS)
    expect([heardFirst.settled, heardSecond.settled, overheard.settled]).toEqual([
      false,
      false,
      false,
    ])
    expect(host.head.length).toBe(length)
    expect(await servedLength(host)).toBe(length)
    expect((await Wire.open(host)).hello.head.length).toBe(length)
    expect(tap.replica.length).toBe(length)
    expect(tap.received).toBe(received)

    disk.release()
    expect(await ofFirst).toMatchObject(['head', {}])
    expect(await first.next()).toMatchObject(['reply', 1, { index: length }])
    expect(await ofSecond).toMatchObject(['head', { length: length + 2 }])
    expect(await second.next()).toMatchObject(['reply', 1, { index: length + 1 }])
    expect(await tap.replica.update({ atLeast: length + 2 })).toBe(length + 2)
    await sleep(QUIET_MS)
  }
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 6 })
})

testInTurn(3).each([
  {
    what: 'a sync fails',
    fails: 'failSyncs',
    code: 'EIO',
    named: 'ERR_VMS_COMMIT_FAILED',
    stored: true,
  },
  {
    what: 'a sync finds the disk full',
    fails: 'failSyncs',
    code: 'ENOSPC',
    named: 'ERR_VMS_DISK_FULL',
    stored: true,
  },
  {
    what: 'a commit fails before it writes',
    fails: 'failCommits',
    code: 'EIO',
    named: 'EIO',
    stored: false,
  },
] as const)(
  'when $what, not a byte leaves any more, and the group is there whole or not at all',
  async ({ fails, code, named, stored }) => {
    const place = await Place.make()
    const disk = new Disk()
    const onFatal = vi.fn()
    const host = await place.host(NOTES, { ports: disk.ports, onFatal })
    const acknowledged = await Wire.open(host)
    const answer = await acknowledged.call(acknowledged.request([['note', ['kept']]]))
    expect(answer).toMatchObject(['reply', 1, { index: 3 }])
    const [caller, bystander] = [await Wire.open(host), await Wire.open(host)]
    const tap = await follow(host, place)
    const { received } = tap

    disk[fails](fault(code))
    const request = sendNote(caller, 'lost?')
    // The frames end with the connections, and there are none.
    expect(await Promise.all([caller, bystander, acknowledged].map((wire) => wire.next()))).toEqual(
      [null, null, null],
    )
    await vi.waitFor(() => expect(tap.closed).toBe(true))
    expect(tap.received).toBe(received)
    await expect(Wire.open(host)).rejects.toThrow()
    await expect(servedLength(host)).rejects.toThrow()
    expect(onFatal.mock.calls).toEqual([[expect.objectContaining({ code: named })]])
    expect((await host.close()).length).toBe(4)

    const again = await place.host(NOTES)
    expect(again.head.length).toBe(stored ? 6 : 5)
    // Sent again, the same bytes get what is recorded of them, or are executed now: once in either case.
    const wire = await Wire.open(again)
    const settled = await wire.call(request, caller.sign(request))
    expect(settled).toMatchObject(['reply', 1, { index: stored ? 4 : 5 }])
    const client = await place.connect(again)
    expect(await client['notes']?.()).toEqual(['kept', 'lost?'])
    await again.close()
    expect(onFatal).toHaveBeenCalledTimes(1)
    expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 3 })
  },
)

test('a host whose first commits fail does not come up, and its directory can be used again', async () => {
  const place = await Place.make()
  const onFatal = vi.fn()
  const broken = (): Disk => {
    const disk = new Disk()
    disk.failSyncs(fault('ENOSPC'))
    return disk
  }
  await expect(place.host(NOTES, { ports: broken().ports, onFatal })).rejects.toMatchObject({
    code: 'ERR_VMS_DISK_FULL',
  })
  const host = await place.host(NOTES)
  expect(host.created).toBe(true)
  await host.close()
  // The boot of a restart is a commit like any other.
  await expect(place.host(NOTES, { ports: broken().ports, onFatal })).rejects.toMatchObject({
    code: 'ERR_VMS_DISK_FULL',
  })
  expect(onFatal).toHaveBeenCalledTimes(1)
  const again = await place.host(NOTES)
  expect(again.created).toBe(false)
  await again.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})
