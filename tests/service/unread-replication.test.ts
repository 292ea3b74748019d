/** Peers that replicate, ask for much and read nothing: over a WebSocket, and beside calls over the DHT. */
import { pipeline } from 'node:stream'
import { Replica, sodiumCrypto } from '@vms/auditor'
import { joinDht } from '@vms/client/dht'
import { parseAddress } from '@vms/format'
import { encodeClientFrame } from '@vms/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { createWebSocketStream, WebSocket } from 'ws'
import { startLocalDht } from '../harness/local-dht.ts'
import { Place } from './place.ts'

const SCRIPT = `
  exports.large = async () => 'x'.repeat(1_000_000)
  exports.count = async () => 1
`

test('a peer that replicates and reads nothing of what it asked for is cut, and others are answered', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { metrics: true, connectionLimits: { pingMs: 400 } })
  const client = await place.connect(host)
  for (let i = 0; i < 40; i++) await client['large']?.()
  const { key } = parseAddress(host.ledgerUrl) as { key: Uint8Array }
  const replica = await Replica.open({
    ...{ key, directory: `${place.dir}/copy`, crypto: sodiumCrypto },
    budgets: { silenceMs: 60_000 },
  })
  onTestFinished(() => replica.close())
  const socket = new WebSocket(host.url, 'vms.replicate.1')
  onTestFinished(() => socket.terminate())
  const wire = createWebSocketStream(socket)
  pipeline(wire, replica.replicate(true), wire, () => {})
  await replica.update({ timeoutMs: 30_000 })
  // From now on it reads nothing, and asks for all.
  const tcp = (socket as unknown as { _socket: { pause(): void } })._socket
  for (let i = 1; i < host.head.length; i++) replica.get(i).catch(() => {})
  tcp.pause()
  const cuts = async (): Promise<string | undefined> => {
    const text = await (await fetch(`${host.url.replace('ws', 'http')}/metrics`)).text()
    return /^vms_connections_cut_total\{reason="unread"\} (\d+)$/m.exec(text)?.[1]
  }
  await expect.poll(cuts, { timeout: 30_000 }).toBe('1')
  expect(await client['count']?.()).toBe(1)
})

test('questions over the DHT take turns with calls of others', async () => {
  const place = await Place.make()
  const bootstrap = (await startLocalDht()).split(',').map((node) => {
    const [name = '', port] = node.split(':')
    return { host: name, port: Number(port) }
  })
  const host = await place.host(SCRIPT, { swarm: { bootstrap, calls: true } })
  const client = await place.connect(host)
  await client['large']?.()
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  let answers = 0
  const first = Promise.withResolvers<void>()
  const onMessage = (): void => {
    answers += 1
    if (answers === 3) first.resolve()
  }
  const transport = await dht.openTransport(
    host.ledgerUrl,
    { onMessage, onClose: () => {} },
    AbortSignal.timeout(60_000),
  )
  onTestFinished(() => transport.close())
  const questions = 1_000
  const index = host.head.length - 1
  for (let id = 1; id <= questions; id++) transport.send(encodeClientFrame(['entry', id, index]))
  await first.promise
  for (let i = 0; i < 5; i++) expect(await client['count']?.()).toBe(1)
  expect(answers).toBeLessThan(questions / 2)
})
