/** Services that sleep: what wakes them, what they remember, and how many may be awake at one time. */
import { Replica, sodiumCrypto } from '@vms/auditor'
import { parseKey } from '@vms/format'
import type { HostOfMany } from '@vms/host'
import { expect, test, vi } from 'vitest'
import { childProcesses } from '../harness/child-processes.ts'
import { COUNTER, Many } from './many.ts'

const awake = (host: HostOfMany): string[] =>
  host.services.filter((service) => service.awake).map(({ id }) => id)

const asleep = (host: HostOfMany): Promise<void> =>
  vi.waitFor(() => expect(awake(host)).toEqual([]), { timeout: 30_000, interval: 20 })

test('a service that nobody uses falls asleep, and the next call wakes it, on the same connection', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const client = await many.connect(host, id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
  const awake = childProcesses(process.pid)
  await asleep(host)
  // A process that was told to end takes a while; where the system does not tell, none are known.
  await vi.waitFor(() => {
    const left = childProcesses(process.pid).filter((pid) => awake.includes(pid))
    expect(left.length).toBeLessThan(Math.max(1, awake.length))
  })
  expect(await client['add']?.()).toEqual({ count: 2, inMemory: 1 })
  await asleep(host)
  await host.close()
  const report = await many.audit(id)
  expect(report).toMatchObject({ verdict: 'verified', calls: 2 })
})

test('reading a service wakes it without a machine, so that nothing is written', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const [before] = host.services
  const reader = await many.connect(host, id)
  expect(reader.$info.methods).toEqual(['add', 'count'])
  await asleep(host)
  expect(host.services[0]?.length).toBe(before?.length)
})

test('an alarm wakes the service that set it, but not one that is stopped', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 20 } })
  const source = `
    exports.set = async () => System.alarm.at(Date.now() + 1_500, 'ring')
    exports.ring = async () => System.files.writeFile('/rung', 'yes')
    exports.rung = async () => (await System.files.readdir('/')).includes('rung')`
  const [ringing, stopped] = [await many.deploy(host, source), await many.deploy(host, source)]
  for (const { id } of [ringing, stopped]) await (await many.connect(host, id))['set']?.()
  await (await many.provisioning(host))['stop']?.(stopped.id)
  await asleep(host)
  const lengthOf = (id: string) => host.services.find((service) => service.id === id)?.length
  const before = lengthOf(ringing.id) as number
  await vi.waitFor(() => expect(lengthOf(ringing.id)).toBe(before + 2), { timeout: 30_000 })
  expect(lengthOf(stopped.id)).toBe(before)
  await (await many.provisioning(host))['start']?.(stopped.id)
  await vi.waitFor(() => expect(lengthOf(stopped.id)).toBe(before + 2), { timeout: 30_000 })
  await asleep(host)
  await host.close()
  for (const { id } of [ringing, stopped])
    expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a peer that replicates finds a service that sleeps, and keeps it open', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const directory = `${many.dir}/replica`
  const key = parseKey(id) as Uint8Array
  const replica = await Replica.open({ key, directory, crypto: sodiumCrypto })
  const { replicateOver } = await import('../../packages/cli/src/connect/replication-socket.ts')
  const link = await replicateOver(`${host.url}/${id}`, replica)
  await replica.update({ timeoutMs: 30_000 })
  expect(replica.head?.length).toBe(host.services[0]?.length)
  expect(awake(host)).toEqual([id])
  const client = await many.connect(host, id)
  await client['add']?.()
  await vi.waitFor(async () => {
    await replica.update({ timeoutMs: 30_000 })
    expect(replica.head?.length).toBe(host.services[0]?.length)
  })
  await link.close()
  await asleep(host)
  await replica.close()
})

test('more services than may be awake, and than there are machines, take turns and all answer', {
  timeout: 180_000,
}, async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { machines: 2, awake: 3, turnMs: 200 } })
  const ids: string[] = []
  for (let i = 0; i < 6; i++) ids.push((await many.deploy(host, COUNTER)).id)
  const most = { awake: 0 }
  const watch = setInterval(() => {
    most.awake = Math.max(most.awake, awake(host).length)
  }, 1)
  // One after the other, then three at once for longer than a turn.
  for (const id of ids) {
    const client = await many.connect(host, id)
    expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
    client.$close()
  }
  const busy = ids.slice(0, 3).map(async (id) => {
    const client = await many.connect(host, id)
    for (let i = 0; i < 30; i++) await client['add']?.()
    return client['count']?.()
  })
  expect(await Promise.all(busy)).toEqual([31, 31, 31])
  clearInterval(watch)
  expect(most.awake).toBe(3)
  await host.close()
  for (const id of ids.slice(0, 2))
    expect(await many.audit(id)).toMatchObject({ verdict: 'verified' })
})

test('a host that was killed while services were awake finds their methods in the ledger', async () => {
  const many = await Many.make()
  const host = await many.host()
  const { id } = await many.deploy(host, COUNTER)
  const client = await many.connect(host, id)
  await client['add']?.()
  await host.close()
  const { rmSync } = await import('node:fs')
  rmSync(`${many.dir}/services/${id}/nap.json`)
  const again = await many.host()
  expect(again.services[0]).toMatchObject({ methods: ['add', 'count'] })
  expect(await (await many.connect(again, id))['add']?.()).toEqual({ count: 2, inMemory: 1 })
})
