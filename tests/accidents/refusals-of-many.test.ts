/** Accidents around refusals on a host of many services, which sleep, are stopped, and have quotas. */
import path from 'node:path'
import { callerId } from '@vms/format'
import { expect, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { COUNTER, Many } from '../many/many.ts'
import { Wire } from '../service/wire.ts'
import { flood, Witness } from './witness.ts'

const test = testInTurn(3)

const ADD = [['add', []]] as const

const dirOf = (many: Many, id: string): string => path.join(many.dir, 'services', id)

test('a committed request comes again to a service that sleeps', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const witness = new Witness()
  const at = { url: `${host.url}/${id}` }
  const wire = await Wire.open(at)
  const request = wire.request(ADD)
  const { index } = await witness.replied(wire, request)
  const asleep = (): void => expect(host.services[0]?.awake).toBe(false)
  await vi.waitFor(asleep, { timeout: 30_000, interval: 20 })
  expect((await witness.replied(wire, request)).index).toBe(index)
  await vi.waitFor(asleep, { timeout: 30_000, interval: 20 })
  const again = await Wire.open(at)
  expect((await witness.replied(again, request, wire.sign(request))).index).toBe(index)
  await host.close()
  expect(await witness.check(dirOf(many, id))).toBe(1)
})

test('a committed request comes again to a service that was stopped, and to one that was removed', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const { id } = await many.deploy(host, COUNTER)
  const witness = new Witness()
  const wire = await Wire.open({ url: `${host.url}/${id}` })
  const request = wire.request(ADD)
  const { index } = await witness.replied(wire, request)
  const provisioning = await many.provisioning(host)
  for (const change of ['stop', 'remove']) {
    await provisioning[change]?.(id)
    expect((await witness.replied(wire, request)).index).toBe(index)
    const other = await witness.refused(wire, wire.request(ADD))
    expect(other).toMatchObject({ code: 'ERR_VMS_STOPPED', covers: true })
  }
  await host.close()
  expect(await witness.check(dirOf(many, id))).toBe(1)
})

test('a committed request comes again from a caller who makes too many calls', async () => {
  const many = await Many.make()
  const host = await many.host({
    policy: { admins: [callerId(many.admin.publicKey)], quotas: { callsPerSecond: 1 } },
  })
  const { id } = await many.deploy(host, COUNTER)
  const witness = new Witness()
  const wire = await Wire.open({ url: `${host.url}/${id}` })
  const request = wire.request(ADD)
  const { index } = await witness.replied(wire, request)
  const answers = []
  for (let i = 0; i < 8; i++) answers.push(await witness.send(wire, wire.request(ADD)))
  const refused = answers.filter((frame) => frame?.[0] === 'refused')
  expect(refused.length).toBeGreaterThan(0)
  expect((await witness.replied(wire, request)).index).toBe(index)
  await host.close()
  expect(await witness.check(dirOf(many, id))).toBe(1 + answers.length - refused.length)
})

test('a clock that was ahead when a service woke is set right, and an old request comes again', async () => {
  const many = await Many.make()
  let aheadMs = 0
  const ports = { now: () => Date.now() + aheadMs }
  const first = await many.host({ ports })
  const { id } = await many.deploy(first, COUNTER)
  const witness = new Witness()
  const wire = await Wire.open({ url: `${first.url}/${id}` })
  const request = wire.request(ADD, { expires: Date.now() + 9 * 60_000 })
  const { index } = await witness.replied(wire, request)
  // More entries than a start reads at once.
  await flood(wire, 600)
  await first.close()
  aheadMs = 24 * 3_600_000
  const second = await many.host({ ports })
  // Who connects wakes it, and reads; nothing is written.
  const again = await Wire.open({ url: `${second.url}/${id}` })
  aheadMs = 0
  expect((await witness.replied(again, request, wire.sign(request))).index).toBe(index)
  await second.close()
  expect(await witness.check(dirOf(many, id))).toBe(601)
})
