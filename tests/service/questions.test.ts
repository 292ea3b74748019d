/** Small questions with large answers, by peers that do not read, and by peers that send what no honest client sends. */
import type { Host } from '@vms/host'
import { decodeHostFrame, encodeClientFrame, RPC_PROTOCOL } from '@vms/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { Place } from './place.ts'
import { Wire } from './wire.ts'

/** Bytes of the answer to a question for the newest entry. */
const LARGE = 1_000_000

const SCRIPT = `
  exports.large = async () => 'x'.repeat(${LARGE})
  exports.count = async () => 1
`

/** Bytes that the systems at both ends of a connection hold at most, beside what the host does. */
const SYSTEM_BYTES = 16 * 1024 * 1024

const question = (id: number, index: number): Uint8Array => encodeClientFrame(['entry', id, index])

interface Stranger {
  readonly socket: WebSocket
  readonly frames: ReturnType<typeof decodeHostFrame>[]
  readonly closed: Promise<{ code: number; reason: string }>
}

async function strangerOf(host: Host): Promise<Stranger> {
  const socket = new WebSocket(host.url, RPC_PROTOCOL)
  onTestFinished(() => socket.terminate())
  const frames: ReturnType<typeof decodeHostFrame>[] = []
  socket.on('message', (data: Buffer) => frames.push(decodeHostFrame(new Uint8Array(data))))
  socket.on('error', () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return { socket, frames, closed }
}

async function cutsOf(host: Host): Promise<Record<string, number>> {
  const text = await (await fetch(`${host.url.replace('ws', 'http')}/metrics`)).text()
  const found = text.matchAll(/^vms_connections_cut_total\{reason="(\w+)"\} (\d+)$/gm)
  return Object.fromEntries([...found].map(([, reason, count]) => [reason, Number(count)]))
}

/** A host whose newest entry is large, and where it is. */
async function hostOf(
  connectionLimits: NonNullable<Parameters<Place['host']>[1]>['connectionLimits'],
): Promise<{ place: Place; host: Host; index: number }> {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { metrics: true, connectionLimits: connectionLimits ?? {} })
  await (await place.connect(host))['large']?.()
  return { place, host, index: host.head.length - 1 }
}

test('a peer that reads no answer is sent no more than a few, and is cut at the second beat', async () => {
  const { place, host, index } = await hostOf({ pingMs: 300 })
  const { socket, frames, closed } = await strangerOf(host)
  socket.pause()
  for (let id = 0; id < 2_000; id++) socket.send(question(id, index))
  await expect.poll(async () => (await cutsOf(host))['unread'], { timeout: 30_000 }).toBe(1)
  // Others are answered meanwhile.
  expect(await (await place.connect(host))['count']?.()).toBe(1)
  socket.resume()
  await closed
  expect(frames.length * LARGE).toBeLessThan(SYSTEM_BYTES)
})

test('requests that are sent again are answered one after the other, and only as fast as they are read', async () => {
  const { host } = await hostOf({ pingMs: 300 })
  const wire = await Wire.open(host)
  const request = wire.request([['large', []]])
  const signature = wire.sign(request)
  expect(await wire.call(request, signature)).toMatchObject(['reply', 1, {}])
  const { socket, frames, closed } = await strangerOf(host)
  socket.pause()
  for (let id = 0; id < 2_000; id++)
    socket.send(encodeClientFrame(['call', id, request, signature]))
  await expect.poll(async () => (await cutsOf(host))['unread'], { timeout: 30_000 }).toBe(1)
  socket.resume()
  await closed
  expect(frames.length * LARGE).toBeLessThan(SYSTEM_BYTES)
})

test('a peer that reads gets each answer, in order, and its calls beside', async () => {
  const { host, index } = await hostOf({})
  const { socket, frames } = await strangerOf(host)
  const last = 199
  for (let id = 0; id <= last; id++) socket.send(question(id, id % 2 === 0 ? index : 0))
  await expect.poll(() => frames.at(-1)?.[1], { timeout: 60_000 }).toBe(last)
  expect(frames.slice(1).map((frame) => frame[1])).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

test('the bytes of all connections together are limited: the host cuts those that hold the most, and no others', async () => {
  const { place, host, index } = await hostOf({ heldBytes: 20_000_000, unsentBytes: 6_000_000 })
  const polite = await place.connect(host)
  const strangers = await Promise.all(Array.from({ length: 12 }, () => strangerOf(host)))
  for (const { socket } of strangers) {
    socket.pause()
    for (let id = 0; id < 40; id++) socket.send(question(id, index))
  }
  await expect
    .poll(async () => (await cutsOf(host))['memory'], { timeout: 30_000 })
    .toBeGreaterThan(0)
  expect(await polite['count']?.()).toBe(1)
})

test('after 1,000 malformed or wrongly signed requests the host cuts the connection', async () => {
  const { host } = await hostOf({ badRequests: 20 })
  const wire = await Wire.open(host)
  for (let id = 0; id < 20; id++)
    expect(await wire.call(wire.request([['count', []]]), new Uint8Array(64))).toMatchObject([
      'refused',
      id + 1,
      { code: 'ERR_VMS_BAD_SIGNATURE' },
    ])
  expect(await wire.next()).toBe(null)
  expect(wire.closed).toEqual({
    code: 1008,
    reason: 'too many malformed or wrongly signed requests',
  })
  expect(await cutsOf(host)).toMatchObject({ signatures: 1 })
})

test('after a bad frame the host answers no further frame', async () => {
  const { host, index } = await hostOf({})
  const { socket, frames, closed } = await strangerOf(host)
  socket.send(new Uint8Array([1]))
  for (let id = 0; id < 100; id++) socket.send(question(id, index))
  expect(await closed).toMatchObject({ code: 1008, reason: 'bad frame' })
  expect(frames.map(([kind]) => kind)).toEqual(['hello', 'error'])
})

test('a peer that answers no ping is cut; one that is idle and answers stays', async () => {
  const { host } = await hostOf({ pingMs: 200 })
  const [honest, silent] = [await strangerOf(host), await strangerOf(host)]
  // As a peer that is gone: it reads, and says nothing.
  silent.socket.pong = () => {}
  expect(await silent.closed).toMatchObject({ code: 1006 })
  expect(await cutsOf(host)).toMatchObject({ silent: 1 })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(honest.socket.readyState).toBe(WebSocket.OPEN)
})

test('after a text message the host executes nothing', async () => {
  const { host } = await hostOf({})
  const wire = await Wire.open(host)
  const { length } = host.head
  const request = wire.request([['count', []]])
  wire.send('text')
  wire.send(encodeClientFrame(['call', 1, request, wire.sign(request)]))
  expect(await wire.next()).toBe(null)
  expect(wire.closed).toEqual({ code: 1008, reason: 'frames are binary' })
  expect(host.head.length).toBe(length)
})
