/** Deploying on a host of many, and what becomes of a service afterwards. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { COUNTER, Many } from './many.ts'

test('a deployed service is called, listed, found again after a restart, and all of it verifies', async () => {
  const many = await Many.make()
  const host = await many.host()
  const { id, methods } = await many.deploy(host, COUNTER, 'Counter')
  expect(methods).toEqual(['add', 'count'])
  const client = await many.connect(host, id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
  expect(await client['add']?.()).toEqual({ count: 2, inMemory: 2 })
  const response = await fetch(`http://localhost:${host.port}/.well-known/vms.json`)
  const described = (await response.json()) as {
    services: unknown[]
    provisioning: { id: string }
  }
  expect(described.services).toEqual([
    expect.objectContaining({ id, title: 'Counter', methods, state: 'running', awake: true }),
  ])
  expect(described.provisioning.id).toBe(host.provisioning.id)
  await host.close()

  const again = await many.host()
  expect(again.created).toBe(false)
  expect(again.services).toEqual([expect.objectContaining({ id, methods, awake: false })])
  const back = await many.connect(again, id)
  expect(await back['count']?.()).toBe(2)
  expect(await back['add']?.()).toEqual({ count: 3, inMemory: 1 })
  await again.close()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
  expect(await many.audit('provisioning')).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a service that is stopped refuses calls and can be read; started, it takes them again', async () => {
  const many = await Many.make()
  const host = await many.host()
  const { id } = await many.deploy(host, COUNTER)
  const client = await many.connect(host, id)
  const provisioning = await many.provisioning(host)
  expect(await provisioning['stop']?.(id)).toMatchObject({ id, state: 'stopped' })
  await expect(client['add']?.()).rejects.toMatchObject({ code: 'ERR_VMS_STOPPED' })
  const reader = await many.connect(host, id)
  expect(reader.$info.methods).toEqual(['add', 'count'])
  await expect(provisioning['stop']?.(id)).rejects.toMatchObject({ code: 'ERR_VMS_STATE' })
  await provisioning['start']?.(id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
})

test('what is removed stays readable, also after a restart, until it is purged', async () => {
  const many = await Many.make()
  const host = await many.host()
  const kept = await many.deploy(host, COUNTER)
  const purged = await many.deploy(host, COUNTER)
  const provisioning = await many.provisioning(host)
  await provisioning['remove']?.(kept.id)
  await provisioning['remove']?.(purged.id, { purge: true })
  expect(host.services).toEqual([expect.objectContaining({ id: kept.id, state: 'removed' })])
  await host.close()
  expect(many.directories).toEqual({ services: [kept.id], making: [] })
  const again = await many.host()
  const reader = await many.connect(again, kept.id)
  await expect(reader['add']?.()).rejects.toMatchObject({ code: 'ERR_VMS_STOPPED' })
  await expect((await many.provisioning(again))['start']?.(kept.id)).rejects.toMatchObject({
    code: 'ERR_VMS_STATE',
  })
})

test('a restart with another policy is in the provisioning log', async () => {
  const many = await Many.make()
  const host = await many.host()
  const { length } = host.provisioning
  await host.close()
  const same = await many.host()
  expect(same.provisioning.length).toBe(length)
  await same.close()
  const other = await many.host({ policy: { open: true, quotas: { services: 3 } } })
  expect(other.policy).toMatchObject({ open: true, admins: [], quotas: { services: 3 } })
  const stranger = await many.provisioning(other)
  expect(await stranger['policy']?.()).toEqual(other.policy)
  await expect(stranger['configure']?.(other.policy)).rejects.toMatchObject({
    code: 'ERR_VMS_NOT_OPERATOR',
  })
  await other.close()
  expect(await many.audit('provisioning')).toMatchObject({ verdict: 'verified', findings: [] })
  expect(readdirSync(path.join(many.dir, 'provisioning'))).toContain('service.json')
})

test('a stopped service whose script does not boot gets no entry, and boots again when it is started', async () => {
  const many = await Many.make()
  const begun = Date.now()
  const [from, to] = [begun + 100_000, begun + 200_000]
  const source = `
if (Date.now() > ${from} && Date.now() < ${to}) throw new Error('not now')
exports.add = () => 1`
  const at = (ms: number) => many.host({ ports: { now: () => Date.now() + ms } })
  let host = await at(0)
  const { id } = await many.deploy(host, source)
  await host.close()
  host = await at(150_000)
  await expect((await many.connect(host, id))['add']?.()).rejects.toThrow()
  const stopped = await (await many.provisioning(host))['stop']?.(id)
  await host.close()
  host = await at(240_000)
  expect((await many.connect(host, id)).$info.methods).toEqual([])
  // Refused if the ledger had become longer meanwhile.
  const started = await (await many.provisioning(host))['start']?.(id)
  expect(started).toMatchObject({ state: 'running', head: (stopped as { head: object }).head })
  await expect.poll(() => host.services[0]?.methods).toEqual(['add'])
  expect(await (await many.connect(host, id))['add']?.()).toBe(1)
  await host.close()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified' })
})
