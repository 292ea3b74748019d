/** What a client relies on in a connection: one suite for the WebSocket, the DHT, and the connections in memory that tests use. */
import { joinDht } from '@vms/client/dht'
import {
  decodeHostFrame,
  encodeClientFrame,
  type HostFrame,
  type OpenTransport,
  openWebSocket,
  type RpcError,
} from '@vms/rpc'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FakeHost } from '../../packages/client/test/fake-host.ts'
import { startLocalDht } from '../harness/local-dht.ts'
import { Place } from '../service/place.ts'

const SCRIPT = 'exports.count = () => 1'

/** A host that serves connections, and how to reach it. */
interface Reachable {
  readonly open: OpenTransport
  readonly url: string
  /** Ends the host. */
  end(): Promise<void>
}

async function overWebSocket(): Promise<Reachable> {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  return { open: openWebSocket, url: host.url, end: async () => void (await host.close()) }
}

async function overDht(): Promise<Reachable> {
  const place = await Place.make()
  const bootstrap = (await startLocalDht()).split(',').map((node) => {
    const [name = '', port] = node.split(':')
    return { host: name, port: Number(port) }
  })
  const host = await place.host(SCRIPT, { swarm: { bootstrap, calls: true } })
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  const { openTransport: open } = dht
  return { open, url: host.ledgerUrl, end: async () => void (await host.close()) }
}

async function inMemory(): Promise<Reachable> {
  const host = new FakeHost()
  return { open: host.open, url: 'ws://localhost', end: async () => host.drop() }
}

/** A connection and everything that its listener was called with, in order. */
async function connected({ open, url }: Reachable) {
  const frames: HostFrame[] = []
  const ends: (RpcError | null)[] = []
  const heard = (count: number) =>
    expect.poll(() => frames.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
  const ended = () => expect.poll(() => ends.length, { timeout: 20_000 }).toBe(1)
  const transport = await open(
    url,
    {
      onMessage: (message) => frames.push(decodeHostFrame(message)),
      onClose: (error) => ends.push(error),
    },
    AbortSignal.timeout(40_000),
  )
  onTestFinished(() => transport.close())
  return { transport, frames, ends, heard, ended }
}

describe.each<[string, () => Promise<Reachable>]>([
  ['over a WebSocket', overWebSocket],
  ['over the DHT', overDht],
  ['in memory', inMemory],
])('a connection %s', (_, make) => {
  test('brings the hello first, though nothing was sent', async () => {
    const { frames, heard } = await connected(await make())
    await heard(1)
    expect(frames[0]?.[0]).toBe('hello')
  })

  test('brings whole messages in order', async () => {
    const { transport, frames, heard } = await connected(await make())
    await heard(1)
    const questions = 200
    for (let id = 1; id <= questions; id++) transport.send(encodeClientFrame(['entry', id, 0]))
    await heard(1 + questions)
    const answers = frames.slice(1) as Extract<HostFrame, readonly ['entry', ...unknown[]]>[]
    expect(answers.map(([kind, id]) => `${kind} ${id}`)).toEqual(
      Array.from({ length: questions }, (__, i) => `entry ${i + 1}`),
    )
    expect(
      answers.every(([, , block]) => Buffer.compare(block, answers[0]?.[2] as Uint8Array) === 0),
    ).toBe(true)
  })

  test('ends once, without an error, when the client closes it, and brings nothing after', async () => {
    const { transport, frames, ends, heard, ended } = await connected(await make())
    await heard(1)
    transport.close()
    transport.close()
    await ended()
    const count = frames.length
    transport.send(encodeClientFrame(['entry', 1, 0]))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(ends).toEqual([null])
    expect(frames.length).toBe(count)
  })

  test('ends once when the host ends', async () => {
    const reachable = await make()
    const { ends, heard, ended } = await connected(reachable)
    await heard(1)
    await reachable.end()
    await ended()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(ends.length).toBe(1)
  })

  test('is not opened for a signal that is aborted', async () => {
    const { open, url } = await make()
    const reason = new Error('not any more')
    const listener = { onMessage: () => {}, onClose: () => {} }
    await expect(open(url, listener, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
