/** Nothing leaves before it is durable, and nothing at all after a commit that failed. Holds I1 and I7. */
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '@vms/host'
import { encodeFrame, type HostFrame } from '@vms/rpc'
import { expect, test, vi } from 'vitest'
import { Disk } from './disk.ts'
import { Place } from './place.ts'
import { ReplicaTap } from './replicaTap.ts'
import { Wire } from './wire.ts'

const NOTES = `
exports.note = async (text) => { await System.files.writeFile('/notes/' + text, text); return text }
exports.init = async () => System.files.mkdir('/notes')
exports.notes = async () => System.files.readdir('/notes')
`

/** Milliseconds in which a byte that must not leave would have arrived: it takes about one. */
const QUIET_MS = 250

const fault = (code: string): Error => Object.assign(new Error(`${code}: made by the test`), { code })

/** What has come of a promise so far. */
function watch<T>(promise: Promise<T>): { settled: boolean } {
  const state = { settled: false }
  const settle = (): void => {
    state.settled = true
  }
  promise.then(settle, settle)
  return state
}

/** Sends a call of `note` without waiting for anything; the frames that come are the wire's. */
function sendNote(wire: Wire, text: string): Uint8Array {
  const request = wire.request([['note', [text]]])
  wire.send(encodeFrame(['call', 1, request, wire.sign(request)]))
  return request
}

const servedLength = async (host: Host): Promise<number> => {
  const response = await fetch(`http://localhost:${host.port}/.well-known/vms.json`)
  const { services } = (await response.json()) as { services: [{ length: number }] }
  return services[0].length
}

test('while a group is being synced, nobody hears of it: its caller, a bystander, a newcomer, a replica', async () => {
  const place = await Place.make()
  const disk = new Disk()
  const host = await place.host(NOTES, { ports: disk.ports })
  const [caller, later, bystander] = [await Wire.open(host), await Wire.open(host), await Wire.open(host)]
  const { replica, ...follower } = await follow(host, place, 'replica')
  const { length } = host.head

  for (const round of [0, 1]) {
    const before = length + 2 * round
    const sent = follower.received()
    disk.hold()
    sendNote(caller, `a${round}`)
    await disk.reached()
    // Executed while the first is being synced; its group comes after it.
    sendNote(later, `b${round}`)
    const frames: Promise<HostFrame | null>[] = [caller.next(), later.next(), bystander.next()]
    const heard = frames.map(watch)
    await sleep(QUIET_MS)
    expect(heard).toEqual(heard.map(() => ({ settled: false })))
    expect(host.head.length).toBe(before)
    expect(await servedLength(host)).toBe(before)
    expect((await Wire.open(host)).hello.head.length).toBe(before)
    expect(replica.length).toBe(before)
    expect(follower.received()).toBe(sent)

    disk.release()
    expect(await frames[0]).toMatchObject(['head', { from: before, length: before + 1 }])
    expect(await caller.next()).toMatchObject(['reply', 1, { index: before }])
    const [kind] = (await frames[1]) ?? []
    expect(kind).toBe('head')
    expect(await later.next()).toMatchObject(['reply', 1, { index: before + 1 }])
    expect(await replica.update({ atLeast: before + 2 })).toBe(before + 2)
    // Nobody called on this connection.
    expect(heard[2]).toEqual({ settled: false })
    // It takes the next round's frames.
    later.unread(await settledFrame(frames[2]))
  }
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 4 })
})
