/** Calls over the DHT: to a host that is found by its ledger's key alone, past those who only say to be it. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from '@vms/client'
import { joinDht } from '@vms/client/dht'
import { parseKey } from '@vms/format'
import type { Host } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { startLocalDht } from '../harness/local-dht.ts'
import { type Interloper, interlope } from './interloper.ts'
import { type AnyRemote, Place } from './place.ts'

const SCRIPT = `
  let calls = 0
  exports.count = async () => (calls += 1)
  exports.echo = async (text) => text
`

/** Nodes to join a DHT of this test's own by. */
async function bootstrapNodes(): Promise<{ host: string; port: number }[]> {
  return (await startLocalDht()).split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })
}

const keyOf = (host: Host): Uint8Array =>
  parseKey(host.ledgerUrl.slice('vms://'.length)) as Uint8Array

async function call(
  host: Host,
  bootstrap: Awaited<ReturnType<typeof bootstrapNodes>>,
): Promise<AnyRemote> {
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  return connect(host.ledgerUrl, { dht, timeout: 60_000 })
}

test('reach a host by the key of its ledger, and again after it was restarted', async () => {
  const place = await Place.make()
  const bootstrap = await bootstrapNodes()
  const host = await place.host(SCRIPT, { swarm: { bootstrap, calls: true } })
  const client = await call(host, bootstrap)
  expect(client.$info.callLogUrl).toBe(host.ledgerUrl)
  expect(await client['count']?.()).toBe(1)
  expect(await Promise.all([client['count']?.(), client['count']?.()])).toEqual([2, 3])
  // Many packets of the network, and one message all the same.
  const large = 'x'.repeat(900_000)
  expect(await client['echo']?.(large)).toBe(large)

  const lost = new Promise((resolve) => client.$on('reconnecting', resolve))
  await host.close()
  await lost
  const pending = client['count']?.()
  const again = await place.host(SCRIPT, { swarm: { bootstrap, calls: true } })
  expect(await pending).toBe(1)
  client.$close()
  await again.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})

test('are taken only where the host says so', async () => {
  const place = await Place.make()
  const bootstrap = await bootstrapNodes()
  const host = await place.host(SCRIPT, { swarm: { bootstrap } })
  await expect(call(host, bootstrap)).rejects.toMatchObject({
    code: 'ERR_VMS_UNREACHABLE',
    message: expect.stringMatching(/nobody on the DHT/),
  })
})

test('are not made to one in the middle, who gets no request to see', async () => {
  const place = await Place.make()
  const bootstrap = await bootstrapNodes()
  // The host is where only the interloper looks: its own DHT.
  const hidden = await bootstrapNodes()
  const host = await place.host(SCRIPT, { swarm: { bootstrap: hidden, calls: true } })
  const middle: Interloper = await interlope({
    ledger: keyOf(host),
    towards: hidden,
    announcedAt: bootstrap,
  })
  onTestFinished(() => middle.close())
  await expect(call(host, bootstrap)).rejects.toMatchObject({
    code: 'ERR_VMS_NOT_THE_HOST',
    message: expect.stringMatching(/did not prove to be the host/),
  })
  // It did stand in between: the client asked for block 0 through it, and for nothing else.
  expect(middle.passed.length).toBeGreaterThan(0)
  for (const frame of middle.passed) expect(frame).toEqual(['entry', 0, 0])
})

test('find the host beside one in the middle', async () => {
  const place = await Place.make()
  const bootstrap = await bootstrapNodes()
  const host = await place.host(SCRIPT, { swarm: { bootstrap, calls: true } })
  const middle = await interlope({
    ledger: keyOf(host),
    towards: bootstrap,
    announcedAt: bootstrap,
  })
  onTestFinished(() => middle.close())
  const client = await call(host, bootstrap)
  expect(await client['count']?.()).toBe(1)
  client.$close()
  expect(middle.passed.filter(([kind]) => kind === 'call')).toEqual([])
})

test('say that no node of the DHT answers, before the time to connect is over', async () => {
  // Somebody who hears and says nothing.
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const dht = joinDht({ bootstrap: [{ host: '127.0.0.1', port }] })
  onTestFinished(async () => {
    await dht.close()
    socket.close()
  })
  const connecting = connect(`vms://${'y'.repeat(52)}`, {
    dht,
    timeout: Number.POSITIVE_INFINITY,
  })
  await expect(connecting).rejects.toMatchObject({
    code: 'ERR_VMS_UNREACHABLE',
    message: expect.stringMatching(/no node of the DHT answers/),
    hint: expect.stringMatching(/UDP/),
  })
})
