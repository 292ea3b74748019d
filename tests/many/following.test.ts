/** Clients that follow a service among many hear of it after it has slept, and of what is deployed. */
import { expect, test, vi } from 'vitest'
import { COUNTER, Many } from './many.ts'

test('a follower and a watcher hear of a service that slept in between', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const follower = await many.connect(host, id)
  const counts: string[] = []
  const lengths: number[] = []
  follower.$on('update', ({ length }) => lengths.push(length))
  follower.$files.watch('/count', async () => counts.push(await follower.$files.readFile('/count')))
  await vi.waitFor(() => expect(host.services[0]?.awake).toBe(false), { timeout: 30_000 })
  const actor = await many.connect(host, id)
  await actor['add']?.()
  await vi.waitFor(() => expect(counts.at(-1)).toBe('1'), { timeout: 30_000 })
  await vi.waitFor(() => expect(host.services[0]?.awake).toBe(false), { timeout: 30_000 })
  await actor['add']?.()
  await vi.waitFor(() => expect(counts.at(-1)).toBe('2'), { timeout: 30_000 })
  expect(lengths.at(-1)).toBe(actor.$ledger.head.length)
})

test('a follower of the provisioning service hears of a deploy', async () => {
  const many = await Many.make()
  const host = await many.host()
  const follower = await many.provisioning(host)
  const grown = Promise.withResolvers<number>()
  follower.$on('update', ({ length }) => grown.resolve(length))
  const before = follower.$ledger.head.length
  await many.deploy(host, COUNTER)
  expect(await grown.promise).toBeGreaterThan(before)
})
