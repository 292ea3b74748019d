/** Who wakes too many services has to wait: at the handshake, on a connection that is open, and over the DHT. */
import { joinSwarm, Replica, sodiumCrypto } from '@vms/auditor'
import { connect } from '@vms/client'
import { joinDht } from '@vms/client/dht'
import { parseKey } from '@vms/format'
import type { HostOfMany, HostOfManyOptions } from '@vms/host'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { replicateOver } from '../../packages/cli/src/connect/replication-socket.ts'
import { frontOf } from '../harness/front.ts'
import { startLocalDht } from '../harness/local-dht.ts'
import { type AnyRemote, COUNTER, Many } from './many.ts'

/** Milliseconds without use after which a service sleeps, by the clock that the tests turn. */
const IDLE_MS = 1_000

/** A host whose clock is the test's, and which believes this machine about who visits. */
async function start(wakingsPerMinute: number, options: Partial<HostOfManyOptions> = {}) {
  const many = await Many.make()
  let aheadMs = 0
  const host = await many.host({
    trustedProxies: ['127.0.0.0/8', '::1'],
    hostLimits: { idleMs: IDLE_MS, wakingsPerMinute },
    ports: { now: () => Date.now() + aheadMs },
    ...options,
  })
  const turnClock = (ms: number): void => {
    aheadMs += ms
  }
  const asleep = async (): Promise<void> => {
    turnClock(IDLE_MS + 1)
    await vi.waitFor(() => expect(host.services.some(({ awake }) => awake)).toBe(false), {
      timeout: 30_000,
      interval: 20,
    })
  }
  return { many, host, turnClock, asleep }
}

/** What a visitor from `address` gets for a WebSocket to a service: `open`, or status and when to come back. */
function visit(host: HostOfMany, id: string, address: string, protocol = 'vms.rpc.1') {
  const headers = { 'x-forwarded-for': address }
  const socket = new WebSocket(`${host.url}/${id}`, protocol, { headers })
  onTestFinished(() => socket.terminate())
  return new Promise<'open' | { status: number; retryAfter: number }>((resolve, reject) => {
    socket.once('unexpected-response', (_request, { statusCode = 0, headers }) =>
      resolve({ status: statusCode, retryAfter: Number(headers['retry-after']) }),
    )
    // The hello: what was asked for has been woken by then.
    socket.once('message', () => resolve('open'))
    if (protocol !== 'vms.rpc.1') socket.once('open', () => resolve('open'))
    socket.once('error', reject)
  })
}

const [VISITOR, OTHER] = ['203.0.113.9', '203.0.113.10']

test('an address that woke as many as it may is told when to come back; awake services cost nothing', async () => {
  const { many, host, turnClock } = await start(2)
  const ids: string[] = []
  for (let i = 0; i < 4; i++) ids.push((await many.deploy(host, COUNTER)).id)
  const [a, b, c, d] = ids as [string, string, string, string]
  expect(await visit(host, a, VISITOR)).toBe('open')
  expect(await visit(host, b, VISITOR)).toBe('open')
  for (const protocol of ['vms.rpc.1', 'vms.replicate.1'])
    expect(await visit(host, c, VISITOR, protocol)).toMatchObject({ status: 429 })
  const refused = await visit(host, c, VISITOR)
  expect(refused).toMatchObject({ status: 429, retryAfter: expect.any(Number) })
  const { retryAfter } = refused as { retryAfter: number }
  expect(retryAfter).toBeGreaterThan(20)
  expect(retryAfter).toBeLessThanOrEqual(30)
  expect(host.services.find(({ id }) => id === c)?.awake).toBe(false)
  // What is awake, and what never sleeps.
  for (let i = 0; i < 10; i++) expect(await visit(host, a, VISITOR)).toBe('open')
  expect(await visit(host, host.provisioning.id, VISITOR)).toBe('open')
  // Others, and this machine.
  expect(await visit(host, c, OTHER)).toBe('open')
  expect(await visit(host, c, VISITOR)).toBe('open')
  const here = await connect(`${host.url}/${d}`, { key: many.admin })
  onTestFinished(() => here.$close())
  expect(await here.$call('count', [])).toBe(0)
  const { id } = await many.deploy(host, COUNTER)
  expect(await visit(host, id, VISITOR)).toMatchObject({ status: 429 })
  turnClock(retryAfter * 1_000)
  expect(await visit(host, id, VISITOR)).toBe('open')
})

test('an IPv6 network is one visitor', async () => {
  const { many, host } = await start(1)
  const [a, b] = [await many.deploy(host, COUNTER), await many.deploy(host, COUNTER)]
  expect(await visit(host, a.id, '2001:db8:0:7::1')).toBe('open')
  expect(await visit(host, b.id, '2001:db8::7:ffff:0:0:2')).toMatchObject({ status: 429 })
  expect(await visit(host, b.id, '2001:db8:0:8::1')).toBe('open')
})

test('on a connection that is open the call waits for the client to come back, and runs once', {
  timeout: 60_000,
}, async () => {
  const { many, host, turnClock, asleep } = await start(1)
  const { id } = await many.deploy(host, COUNTER)
  const { port } = await frontOf(host.port, VISITOR)
  const client = (await connect(`ws://127.0.0.1:${port}/${id}`, {
    key: many.admin,
    timeout: 50_000,
  })) as unknown as AnyRemote
  onTestFinished(() => client.$close())
  const why: string[] = []
  client.$on('reconnecting', ({ error }) => why.push(error.message))
  await asleep()
  const calls = Promise.all([client['add']?.(), client['add']?.()])
  await vi.waitFor(() => expect(why.length).toBeGreaterThan(1), { timeout: 30_000 })
  expect(why[0]).toMatch(/code 1013: you woke more services than this host allows/)
  expect(host.services[0]).toMatchObject({ awake: false, length: 3 })
  turnClock(60_000)
  expect(await calls).toEqual([
    { count: 1, inMemory: 1 },
    { count: 2, inMemory: 2 },
  ])
  // One that is awake is called as often as one likes.
  for (let i = 3; i < 30; i++) expect(await client['add']?.()).toMatchObject({ count: i })
  client.$close()
  await host.close()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', calls: 29 })
})

test('over the DHT too, by address', { timeout: 120_000 }, async () => {
  const bootstrap = (await startLocalDht()).split(',').map((node) => {
    const [name = '', port] = node.split(':')
    return { host: name, port: Number(port) }
  })
  const { many, host, turnClock, asleep } = await start(1, {
    swarm: { bootstrap, calls: true, pace: { gapMs: 1 } },
  })
  const [a, b] = [await many.deploy(host, COUNTER), await many.deploy(host, COUNTER)]
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  const at = async (id: string): Promise<AnyRemote> => {
    const client = await connect(`vms://${id}`, { dht, key: many.admin, timeout: 60_000 })
    onTestFinished(() => client.$close())
    return client as unknown as AnyRemote
  }
  const client = await vi.waitFor(() => at(a.id), { timeout: 60_000 })
  await expect(at(b.id)).rejects.toThrow(/it takes no calls/)
  await asleep()
  const lost = vi.fn()
  client.$on('reconnecting', lost)
  const call = client['add']?.()
  await vi.waitFor(() => expect(lost.mock.calls.length).toBeGreaterThan(1), { timeout: 60_000 })
  expect(host.services.some(({ awake }) => awake)).toBe(false)
  turnClock(60_000)
  expect(await call).toEqual({ count: 1, inMemory: 1 })
  turnClock(60_000)
  expect(await (await at(b.id))['add']?.()).toEqual({ count: 1, inMemory: 1 })

  // A peer that replicates is not sent away: it cannot be told when to come back.
  await asleep()
  const replica = await Replica.open({
    key: parseKey(a.id) as Uint8Array,
    directory: `${many.dir}/replica`,
    crypto: sodiumCrypto,
  })
  const peers = vi.fn()
  const swarm = joinSwarm(replica, {
    announce: false,
    bootstrap,
    onEvent: (event) => event.type === 'peers' && event.connected > 0 && peers(),
  })
  const updated = replica.update({ timeoutMs: 60_000 })
  await vi.waitFor(() => expect(peers).toHaveBeenCalled(), { timeout: 60_000 })
  expect(host.services.some(({ awake }) => awake)).toBe(false)
  turnClock(60_000)
  await updated
  expect(replica.head?.length).toBe(host.services.find(({ id }) => id === a.id)?.length)
  await swarm.close()
  await replica.close()
})

test('who replicates comes back when it is told to', async () => {
  const { many, host } = await start(60)
  const { id } = await many.deploy(host, COUNTER)
  const front = await frontOf(host.port, VISITOR)
  front.instead.push(
    'HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\nconnection: close\r\n\r\n',
  )
  const key = parseKey(id) as Uint8Array
  const replica = await Replica.open({
    key,
    directory: `${many.dir}/replica`,
    crypto: sodiumCrypto,
  })
  const url = `ws://127.0.0.1:${front.port}/${id}`
  const link = await replicateOver(url, replica)
  expect(front.instead).toEqual([])
  await replica.update({ timeoutMs: 30_000 })
  expect(replica.head?.length).toBe(host.services[0]?.length)
  await link.close()
  // Without a time it is no use.
  front.instead.push('HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\n\r\n')
  await expect(replicateOver(url, replica)).rejects.toThrow(/HTTP 429/)
  await replica.close()
})
