/**
 * Accidents around refusals: what happens to honest hosts and callers, and must leave nothing that accuses the host. Each
 * ends with the stopped ledger held to every refusal that was signed.
 */
import { mkdir, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ledger } from '@vms/ledger'
import { encodeClientFrame } from '@vms/rpc'
import { expect } from 'vitest'
import { RECALL_MS } from '../../packages/host/src/settings/limits.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { Disk } from '../service/disk.ts'
import { Place } from '../service/place.ts'
import { Wire } from '../service/wire.ts'
import { flood, Witness } from './witness.ts'

const test = testInTurn(3)

const SCRIPT = `
exports.init = async () => System.files.writeFile('/count', '0')
exports.count = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}
exports.large = () => { const all = []; for (let i = 0; i < 80; i++) all.push(new Array(1e5).fill(i)); return all.length }
`

const COUNT = [['count', []]] as const
const machineLimits = { fuelPerCall: 0x7fff_ffff, fuelPerRequest: Number.MAX_SAFE_INTEGER }

/** A clock that a test sets. */
class Clock {
  aheadMs = 0
  readonly now = (): number => Date.now() + this.aheadMs
}

/** A host whose clock the test sets, and a request for it. */
async function underClock() {
  const place = await Place.make()
  const clock = new Clock()
  const host = await place.host(SCRIPT, { ports: { now: clock.now } })
  const wire = await Wire.open(host)
  return { place, clock, host, witness: new Witness(), wire, request: wire.request(COUNT) }
}

test('a committed request that comes again after its expiry', async () => {
  const { place, clock, host, witness, wire, request } = await underClock()
  const { index } = await witness.replied(wire, request)
  clock.aheadMs = 30 * 60_000
  expect((await witness.replied(wire, request)).index).toBe(index)
  expect((await witness.replied(await Wire.open(host), request, wire.sign(request))).index).toBe(
    index,
  )
  const late = wire.request(COUNT)
  expect(await witness.refused(wire, late)).toMatchObject({ code: 'ERR_VMS_EXPIRED', covers: true })
  await host.close()
  expect(await witness.check(place.service)).toBe(1)
})

test('a committed request that comes again while the host closes', async () => {
  const place = await Place.make()
  const disk = new Disk()
  const host = await place.host(SCRIPT, { ports: disk.ports })
  const witness = new Witness()
  const [early, late] = [await Wire.open(host), await Wire.open(host)]
  const committed = late.request(COUNT)
  const { index } = await witness.replied(late, committed)
  disk.hold()
  const request = early.request(COUNT)
  early.send(encodeClientFrame(['call', 1, request, early.sign(request)]))
  await disk.reached()
  const closed = host.close()
  const other = late.request(COUNT)
  expect(await witness.refused(late, other)).toMatchObject({
    code: 'ERR_VMS_CLOSING',
    covers: true,
  })
  expect((await witness.replied(late, committed)).index).toBe(index)
  disk.release()
  await closed
  expect(await witness.check(place.service)).toBe(2)
})

test('a request that was refused for good comes again after a restart', async () => {
  const place = await Place.make()
  const first = await place.host(SCRIPT, { machineLimits, serviceLimits: { memoryMiB: 32 } })
  const witness = new Witness()
  const wire = await Wire.open(first)
  const request = wire.request([['large', []]])
  const code = 'ERR_VMS_MEMORY'
  const before = await witness.refused(wire, request)
  expect(before).toMatchObject({ code, covers: true })
  expect(await witness.refused(wire, request)).toMatchObject({ code })
  await first.close()
  // With so much memory the old bytes would run, and their caller has signed others by now.
  const second = await place.host(SCRIPT, { serviceLimits: { memoryMiB: 512 } })
  const again = await Wire.open(second)
  const after = await witness.refused(again, request, wire.sign(request))
  expect(after).toMatchObject({ code, message: before.message, covers: true })
  expect(after.length).toBe(second.head.length)
  await witness.replied(again, again.request([['large', []]]))
  await second.close()
  expect(await witness.check(place.service)).toBe(1)
})

test('a refusal for good cannot be written down', async () => {
  const place = await Place.make()
  const ended = Promise.withResolvers<unknown>()
  const first = await place.host(SCRIPT, {
    machineLimits,
    serviceLimits: { memoryMiB: 32 },
    onFault: (_, fault) => ended.resolve(fault),
  })
  const witness = new Witness()
  const wire = await Wire.open(first)
  // A host of one service ends with it.
  await wire.genesis()
  // Nothing can be written there.
  await mkdir(path.join(place.service, 'refused.json.new'))
  const request = wire.request([['large', []]])
  // It is not refused for good, so it may run.
  const refused = await witness.refused(wire, request)
  expect(refused).toMatchObject({ code: 'ERR_VMS_FAULTED' })
  expect(await ended.promise).toMatchObject({ code: 'EISDIR' })
  await first.close()
  await rmdir(path.join(place.service, 'refused.json.new'))
  const second = await place.host(SCRIPT, { serviceLimits: { memoryMiB: 512 } })
  await witness.replied(await Wire.open(second), request, wire.sign(request))
  await second.close()
  expect(await witness.check(place.service)).toBe(1)
})

test('a commit fails after it was durable, and the service is faulted', async () => {
  const place = await Place.make()
  const killer = new Killer(new Error('what fails is not the storage'))
  const first = await place.host(SCRIPT, { ports: killer.ports, onFault: () => {} })
  const witness = new Witness()
  const wire = await Wire.open(first)
  await wire.genesis()
  const request = wire.request(COUNT)
  killer.strikes = true
  const refused = await witness.refused(wire, request)
  expect(refused).toMatchObject({ code: 'ERR_VMS_FAULTED', covers: false })
  await first.close()
  const second = await place.host(SCRIPT)
  const { index } = await witness.replied(await Wire.open(second), request, wire.sign(request))
  expect(index).toBe(wire.hello.head.length)
  await second.close()
  expect(await witness.check(place.service)).toBe(1)
})

test('a clock that jumps ahead for a moment, while requests come', async () => {
  const { place, clock, host, witness, wire, request } = await underClock()
  const { index } = await witness.replied(wire, request)
  clock.aheadMs = 3 * 3_600_000
  expect(await witness.refused(wire, wire.request(COUNT))).toMatchObject({
    code: 'ERR_VMS_EXPIRED',
  })
  const ahead = wire.request(COUNT, { expires: clock.now() + 60_000 })
  await witness.replied(wire, ahead)
  clock.aheadMs = 0
  expect((await witness.replied(wire, request)).index).toBe(index)
  expect(await witness.refused(wire, wire.request(COUNT))).toMatchObject({ code: 'ERR_VMS_CLOCK' })
  await host.close()
  expect(await witness.check(place.service)).toBe(2)
})

test('a request that the host has forgotten', async () => {
  const { place, clock, host, witness, wire, request } = await underClock()
  await witness.replied(wire, request)
  await flood(wire, 600)
  clock.aheadMs = RECALL_MS + 60_000
  const next = await Wire.open(host)
  await witness.replied(next, next.request(COUNT, { expires: clock.now() + 60_000 }))
  const forgotten = await witness.refused(wire, request)
  expect(forgotten).toMatchObject({ code: 'ERR_VMS_EXPIRED', covers: false })
  const old = await witness.refused(wire, wire.request(COUNT, { expires: clock.now() + 60_000 }))
  expect(old).toMatchObject({ code: 'ERR_VMS_UNKNOWN_HEAD', covers: false })
  await host.close()
  expect(await witness.check(place.service)).toBe(602)
})

test('two clients send the same bytes to a busy host until they have an answer', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { serviceLimits: { queueRequests: 3 } })
  const witness = new Witness()
  const wires = await Promise.all(Array.from({ length: 6 }, () => Wire.open(host)))
  const [maker] = wires as [Wire, ...Wire[]]
  const requests = Array.from({ length: 40 }, () => maker.request(COUNT))
  const answers = await Promise.all(
    wires.map(async (wire) => {
      const indexes: number[] = []
      for (const request of requests) {
        for (;;) {
          const frame = await witness.send(wire, request, maker.sign(request))
          if (frame?.[0] === 'reply') {
            indexes.push(frame[2].index)
            break
          }
          await sleep(1)
        }
      }
      return indexes
    }),
  )
  for (const indexes of answers) expect(indexes).toEqual(answers[0])
  await host.close()
  expect(await witness.check(place.service)).toBe(40)
})

test('a flood that is refused while groups are being committed', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { serviceLimits: { queueRequests: 4 } })
  const witness = new Witness()
  const wires = await Promise.all(Array.from({ length: 20 }, () => Wire.open(host)))
  let replies = 0
  await Promise.all(
    wires.map(async (wire) => {
      for (let round = 0; round < 15; round++) {
        const request = wire.request(COUNT)
        if ((await witness.send(wire, request))?.[0] === 'refused') {
          if ((await witness.send(wire, request))?.[0] === 'reply') replies += 1
        } else replies += 1
      }
    }),
  )
  expect(witness.refusals.length).toBeGreaterThan(0)
  await host.close()
  expect(await witness.check(place.service)).toBe(replies)
})

test('the host ends between the commit and the reply', async () => {
  const place = await Place.make()
  const killer = new Killer(Object.assign(new Error('the process was killed'), { code: 'EIO' }))
  const ended = Promise.withResolvers<void>()
  const first = await place.host(SCRIPT, { ports: killer.ports, onFatal: () => ended.resolve() })
  const witness = new Witness()
  const wire = await Wire.open(first)
  const request = wire.request(COUNT)
  const signature = wire.sign(request)
  killer.strikes = true
  wire.send(encodeClientFrame(['call', 1, request, signature]))
  await ended.promise
  await first.close()
  const second = await place.host(SCRIPT)
  const again = await Wire.open(second)
  const { index } = await witness.replied(again, request, signature)
  expect(index).toBe(wire.hello.head.length)
  await second.close()
  expect(await witness.check(place.service)).toBe(1)
})

test('a request that expires while it waits, and comes again', async () => {
  const place = await Place.make()
  const clock = new Clock()
  const disk = new Disk()
  const host = await place.host(SCRIPT, { ports: { now: clock.now, ...disk.ports } })
  const witness = new Witness()
  const [first, second, third] = [
    await Wire.open(host),
    await Wire.open(host),
    await Wire.open(host),
  ]
  disk.hold()
  const held = first.request(COUNT)
  const answered = witness.replied(first, held)
  await disk.reached()
  const next = third.request(COUNT, { expires: Date.now() + 9 * 60_000 })
  const executed = witness.replied(third, next)
  await sleep(50)
  const waits = second.request(COUNT)
  const refused = witness.refused(second, waits)
  await sleep(50)
  clock.aheadMs = 5 * 60_000
  disk.release()
  await Promise.all([answered, executed])
  expect(await refused).toMatchObject({ code: 'ERR_VMS_EXPIRED', covers: true })
  expect(await witness.refused(first, waits, second.sign(waits))).toMatchObject({
    code: 'ERR_VMS_EXPIRED',
    covers: true,
  })
  await host.close()
  expect(await witness.check(place.service)).toBe(2)
})

/** Lets a commit become durable, and then fails before the host can tell anybody. */
class Killer {
  strikes = false
  #error: Error

  constructor(error: Error) {
    this.#error = error
  }

  readonly ports = {
    createLedger: async (...given: Parameters<typeof Ledger.create>): Promise<Ledger> => {
      const ledger = await Ledger.create(...given)
      const commit = ledger.commit.bind(ledger)
      ledger.commit = async (group) => {
        const committed = await commit(group)
        if (this.strikes) throw this.#error
        return committed
      }
      return ledger
    },
  }
}
