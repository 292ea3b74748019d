/** One host that is found for many ledgers, and serves them on one stream. */
import createTestnet from 'hyperdht/testnet.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  Announcer,
  discoveryKeyOf,
  joinSwarm,
  type Ledger,
  nodeTimers,
  RemoteFiles,
  Replica,
  replicateMany,
  type Shared,
} from '../src/index.ts'
import { callsEntry, crypto, file, freshDirectory, startedLedger } from './fixtures.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('an announcer', () => {
  let testnet: Awaited<ReturnType<typeof createTestnet>>
  beforeAll(async () => {
    testnet = await createTestnet(3)
  })
  afterAll(async () => {
    await testnet.destroy()
  })

  const found = async (topic: Uint8Array): Promise<number> => {
    const peers = new Set<string>()
    const node = testnet.createNode()
    for await (const reply of node.lookup(Buffer.from(topic)))
      for (const { publicKey } of reply.peers) peers.add(hex(publicKey))
    await node.destroy({ force: true })
    return peers.size
  }

  it('announces many topics a few at a time, and takes them back', async () => {
    const announced = vi.fn()
    const most = { underWay: 0 }
    const announcer = new Announcer({
      timers: nodeTimers,
      bootstrap: testnet.bootstrap,
      pace: { atOnce: 3, gapMs: 0 },
      onStream: () => {},
      onEvent: ({ type }) => type === 'announced' && announced(),
    })
    const topics = Array.from({ length: 40 }, (_, i) => crypto.hash(Uint8Array.of(i)))
    for (const topic of topics) announcer.add(topic)
    const watch = setInterval(() => {
      most.underWay = Math.max(most.underWay, announcer.state.underWay)
    }, 1)
    await vi.waitFor(() => expect(announced).toHaveBeenCalledOnce(), { timeout: 60_000 })
    clearInterval(watch)
    expect(announcer.state).toEqual({ announced: 40, underWay: 0 })
    expect(most.underWay).toBe(3)
    const [first, second, third] = topics as [Uint8Array, Uint8Array, Uint8Array]
    expect(await found(first)).toBe(1)
    announcer.delete(first)
    await vi.waitFor(async () => expect(await found(first)).toBe(0), { timeout: 30_000 })
    expect(await found(second)).toBe(1)
    await announcer.close()
    expect(await found(third)).toBe(0)
  })

  it('serves several ledgers on one stream, one of which has to be opened, and no more than it may', async () => {
    await using first = await startedLedger()
    await using second = await startedLedger()
    await using third = await startedLedger()
    for (const ledger of [first, second, third])
      await ledger.commit({ entries: [callsEntry(1)], changes: [file('/a', hex(ledger.key))] })
    const opened: Ledger[] = []
    const byTopic = new Map<string, Shared>()
    const refused = vi.fn()
    const announcer = new Announcer({
      timers: nodeTimers,
      bootstrap: testnet.bootstrap,
      pace: { atOnce: 1, gapMs: 0 },
      onStream: (stream) => {
        const find = (topic: Uint8Array): Shared | null => byTopic.get(hex(topic)) ?? null
        replicateMany(stream, { find, ledgers: 2, onError: refused })
      },
    })
    for (const ledger of [first, second, third]) {
      const shared: Shared = {
        async serve(stream, topic) {
          if (!opened.includes(ledger)) opened.push(ledger)
          // As long as opening one takes.
          await new Promise((resolve) => setImmediate(resolve))
          return ledger.replicateOn(stream, topic)
        },
      }
      expect(ledger.topics).toEqual([ledger.key, ledger.filesKey].map(discoveryKeyOf))
      for (const topic of ledger.topics) {
        byTopic.set(hex(topic), shared)
        announcer.add(topic)
      }
    }
    const follow = async (ledger: Ledger) => {
      const options = { key: ledger.key, directory: await freshDirectory(), crypto }
      const replica = await Replica.open(options)
      const files = await RemoteFiles.open({
        key: ledger.filesKey,
        directory: await freshDirectory(),
      })
      return { ledger, replica, files }
    }
    const [one, two, three] = [await follow(first), await follow(second), await follow(third)]
    const follower = joinSwarm(
      {
        topics: first.topics,
        replicate: (stream) => {
          for (const { replica, files } of [one, two, three]) {
            replica.replicate(stream)
            files.replicate(stream)
          }
          return stream
        },
      },
      { announce: false, bootstrap: testnet.bootstrap },
    )
    for (const { ledger, replica, files } of [one, two]) {
      await replica.update({ atLeast: ledger.length, timeoutMs: 30_000 })
      expect(replica.head).toEqual(ledger.head)
      await files.update()
      expect(await files.read('/a')).toEqual(new TextEncoder().encode(hex(ledger.key)))
    }
    expect(announcer.connected).toBe(1)
    await follower.close()
    await announcer.close()
    for (const { replica, files } of [one, two, three]) {
      await replica.close()
      await files.close()
    }
    expect(opened.length).toBe(2)
    expect(refused).not.toHaveBeenCalled()
  })

  it('says once that there is no network, and closes all the same', async () => {
    const errors = vi.fn()
    const announcer = new Announcer({
      timers: nodeTimers,
      bootstrap: [{ host: '127.0.0.1', port: 1 }],
      onStream: () => {},
      onEvent: ({ type }) => type === 'error' && errors(),
    })
    for (let i = 0; i < 20; i++) announcer.add(crypto.hash(Uint8Array.of(i)))
    await vi.waitFor(() => expect(errors).toHaveBeenCalled(), { timeout: 30_000 })
    await announcer.close()
    expect(errors).toHaveBeenCalledOnce()
  })
})
