/** A host of many on the DHT: its services are found by their keys alone, asleep or not, and all share a stream. */
import { joinSwarm, RemoteFiles, Replica, sodiumCrypto } from '@vms/auditor'
import { connect } from '@vms/client'
import { joinDht } from '@vms/client/dht'
import { parseKey } from '@vms/format'
import type { HostOfMany } from '@vms/host'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startLocalDht } from '../harness/local-dht.ts'
import { type AnyRemote, COUNTER, Many } from './many.ts'

type Nodes = { host: string; port: number }[]

const bootstrapNodes = async (): Promise<Nodes> =>
  (await startLocalDht()).split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })

const onDht = (bootstrap: Nodes) => ({
  swarm: { bootstrap, calls: true, pace: { gapMs: 1 } },
  hostLimits: { idleMs: 50 },
})

function call(many: Many, bootstrap: Nodes) {
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  return async (id: string): Promise<AnyRemote> => {
    const client = await connect(`vms://${id}`, { dht, key: many.admin, timeout: 60_000 })
    onTestFinished(() => client.$close())
    return client as AnyRemote
  }
}

const asleep = (host: HostOfMany): Promise<void> =>
  vi.waitFor(() => expect(host.services.filter(({ awake }) => awake)).toEqual([]), {
    timeout: 30_000,
    interval: 20,
  })

test('a service that sleeps is called by its key, and so is the one that deploys others', async () => {
  const many = await Many.make()
  const bootstrap = await bootstrapNodes()
  const host = await many.host(onDht(bootstrap))
  const at = call(many, bootstrap)
  const provisioning = await at(host.provisioning.id)
  await provisioning['deploy']?.({ name: 'test.js', title: 'Test', source: COUNTER })
  const [{ id } = { id: '' }] = host.services
  await asleep(host)
  const client = await at(id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
  // The connection stays while the service sleeps.
  await asleep(host)
  expect(await client['add']?.()).toEqual({ count: 2, inMemory: 1 })
  await host.close()
  const again = await many.host(onDht(bootstrap))
  expect(await client['count']?.()).toBe(2)
  await again.close()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', calls: 3 })
})

test('a service that is stopped or removed is no longer found, and one that is started is again', async () => {
  const many = await Many.make()
  const bootstrap = await bootstrapNodes()
  const host = await many.host(onDht(bootstrap))
  const [kept, other] = [await many.deploy(host, COUNTER), await many.deploy(host, COUNTER)]
  const at = call(many, bootstrap)
  const client = await at(kept.id)
  await at(other.id)
  const provisioning = await many.provisioning(host)
  await provisioning['stop']?.(kept.id)
  await provisioning['remove']?.(other.id, { purge: true })
  // Who is connected is told, signed; who is not finds nobody.
  await expect(client['add']?.()).rejects.toMatchObject({ code: 'ERR_VMS_STOPPED' })
  for (const { id } of [kept, other]) {
    await vi.waitFor(
      () => expect(at(id)).rejects.toMatchObject({ message: expect.stringMatching(/nobody/) }),
      { timeout: 60_000 },
    )
  }
  await provisioning['start']?.(kept.id)
  const found = await vi.waitFor(() => at(kept.id), { timeout: 60_000 })
  expect(await found['add']?.()).toEqual({ count: 1, inMemory: 1 })
})

test('one stream of a peer replicates several services, their files and the provisioning log', async () => {
  const many = await Many.make()
  const bootstrap = await bootstrapNodes()
  const host = await many.host(onDht(bootstrap))
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push((await many.deploy(host, COUNTER)).id)
  const lengths = new Map([[host.provisioning.id, host.provisioning.length]])
  for (const id of ids) {
    const client = await many.connect(host, id)
    await client['add']?.()
    lengths.set(id, client.$ledger.head.length)
  }
  await asleep(host)
  const key = (url: string): Uint8Array => parseKey(url.replace(/^.*\/\//, '')) as Uint8Array
  const followed = await Promise.all(
    [...host.services, host.provisioning].map(async ({ id, ledger, files }) => ({
      id,
      length: lengths.get(id) as number,
      replica: await Replica.open({
        key: key(ledger),
        directory: `${many.dir}/replicas/${id}`,
        crypto: sodiumCrypto,
      }),
      files: await RemoteFiles.open({ key: key(files), directory: `${many.dir}/files/${id}` }),
    })),
  )
  const streams = vi.fn()
  const follower = joinSwarm(
    {
      topics: followed[0]?.replica.topics ?? [],
      replicate: (stream) => {
        streams()
        for (const { replica, files } of followed) {
          files.replicate(stream)
          replica.replicate(stream)
        }
        return stream
      },
    },
    { announce: false, bootstrap },
  )
  for (const { id, length, replica, files } of followed) {
    await replica.update({ atLeast: length, timeoutMs: 60_000 })
    expect(replica.head?.length).toBe(length)
    await files.update()
    const text = async (path: string) => String(Buffer.from((await files.read(path)) ?? []))
    if (ids.includes(id)) expect(await text('/count')).toBe('1')
    else expect(JSON.parse(await text(`/services/${ids[0]}.json`))).toMatchObject({ id: ids[0] })
  }
  expect(streams).toHaveBeenCalledOnce()
  // What is committed while it is followed arrives by itself.
  const [id = ''] = ids
  await (await many.connect(host, id))['add']?.()
  const first = followed.find((one) => one.id === id)
  await first?.replica.update({ atLeast: first.length + 1, timeoutMs: 60_000 })
  await follower.close()
  await asleep(host)
  for (const { replica, files } of followed) {
    await replica.close()
    await files.close()
  }
})
