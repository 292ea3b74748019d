/** What a call can do to a machine: it ends that call, and neither the host nor the calls beside it. */
import { expect, test } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { Place } from './place.ts'

const HOSTILE = `
exports.loop = () => { for (let i = 0; ; i++) Math.sin(i) }
exports.spin = async () => { for (;;) await null }
exports.bomb = () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)) }
exports.deep = () => { const f = () => f() + 1; return f() }
exports.huge = () => 'x'.repeat(2 * 1024 * 1024)
exports.many = async () => { for (let i = 0; i < 1001; i++) await System.files.writeFile('/f' + i, '') }
exports.stuck = () => new Promise(() => {})
let n = 0
exports.count = () => ++n
`

/** So much fuel that the backstops come first, which by default they do not. */
const machineLimits = { fuelPerCall: 0x7fff_ffff, fuelPerRequest: Number.MAX_SAFE_INTEGER }

// Short where the clock is to strike, long where it must not be first on a busy machine.
const testDue = testInTurn(2)

for (const [method, code, callWallMs] of [
  ['loop', 'ERR_VMS_WALL_CLOCK', 1_000],
  ['spin', 'ERR_VMS_WALL_CLOCK', 1_000],
  ['bomb', 'ERR_VMS_MEMORY', 30_000],
] as const) {
  testDue(
    `${method}, with fuel for it, is refused with ${code}, leaves nothing, and the next call is served`,
    async () => {
      const place = await Place.make()
      const serviceLimits = { callWallMs, memoryMiB: 64 }
      const host = await place.host(HOSTILE, { machineLimits, serviceLimits })
      const client = await place.connect(host, { timeout: 60_000 })
      const other = await place.connect(host, { timeout: 60_000 })
      expect(await client['count']?.()).toBe(1)
      const beside = other['count']?.()
      await expect(client[method]?.()).rejects.toMatchObject({ code, mayHaveExecuted: false })
      await beside
      expect(await client['count']?.()).toBe(1)
      await host.close()
      expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 3 })
    },
  )
}

for (const [method, abort] of [
  ['loop', 'fuel'],
  ['spin', 'fuel'],
  ['bomb', 'fuel'],
  ['deep', 'depth'],
  ['huge', 'result-bytes'],
  ['many', 'call-files'],
] as const) {
  testDue(
    `${method} aborts with ${abort}, the rest of its request is sent anew, and it all replays`,
    async () => {
      const place = await Place.make()
      const host = await place.host(HOSTILE, { serviceLimits: { callWallMs: 60_000 } })
      const client = await place.connect(host)
      const calls = [client['count']?.(), client[method]?.(), client['count']?.()]
      const [first, aborted, last] = await Promise.allSettled(calls)
      expect(first).toMatchObject({ status: 'fulfilled', value: 1 })
      expect(aborted).toMatchObject({ status: 'rejected', reason: { abort } })
      // The abort ended the epoch, and memory with it.
      expect(last).toMatchObject({ status: 'fulfilled', value: 1 })
      await host.close()
      expect(await place.audit()).toMatchObject({ verdict: 'verified' })
    },
  )
}

test('a promise that can never settle is a thrown error that replays', async () => {
  const place = await Place.make()
  const host = await place.host(HOSTILE)
  const client = await place.connect(host)
  await expect(client['stuck']?.()).rejects.toMatchObject({ code: 'ERR_VMS_NEVER_SETTLES' })
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})

test('a machine that is lost while a group is being committed loses none of that group to the next', async () => {
  const place = await Place.make()
  const host = await place.host(
    `
    exports.save = async () => {
      const next = Number(await System.files.readFile('/n').catch(() => '0')) + 1
      await System.files.writeFile('/n', String(next))
      return next
    }
    exports.crash = () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)) }
    `,
    { machineLimits, serviceLimits: { memoryMiB: 32 } },
  )
  const clients = await Promise.all(
    Array.from({ length: 4 }, () => place.connect(host, { requestCalls: 1, timeout: 60_000 })),
  )
  const results: unknown[] = []
  await Promise.all(
    clients.map(async (client, i) => {
      for (let n = 0; n < 40; n++) {
        results.push(await client['save']?.())
        if (n % 10 === i)
          await expect(client['crash']?.()).rejects.toMatchObject({ code: 'ERR_VMS_MEMORY' })
      }
    }),
  )
  expect(new Set(results).size).toBe(160)
  expect(Math.max(...(results as number[]))).toBe(160)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 160 })
})
