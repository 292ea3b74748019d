import createTestnet from 'hyperdht/testnet.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinSwarm, RemoteFiles, Replica, type SwarmEvent } from '../src/index.ts'
import { callsEntry, crypto, directory, file, freshDirectory, startedLedger } from './fixtures.ts'
import { filesHeadAt } from './signed-files.ts'

describe('the swarm', () => {
  let testnet: Awaited<ReturnType<typeof createTestnet>>
  beforeAll(async () => {
    testnet = await createTestnet(3)
  })
  afterAll(async () => {
    await testnet.destroy()
  })

  it('brings followers to a host by key, over the DHT', async () => {
    await using ledger = await startedLedger()
    await ledger.commit({
      entries: [callsEntry(1)],
      changes: [directory('/d'), file('/d/a', 'one'), file('/d-e', 'two')],
    })
    const announced = Promise.withResolvers<void>()
    const host = joinSwarm(ledger, {
      announce: true,
      dht: testnet.createNode(),
      onEvent: (event) => {
        if (event.type === 'announced') announced.resolve()
      },
    })
    await announced.promise
    await using replica = await Replica.open({
      key: ledger.key,
      directory: await freshDirectory(),
      crypto,
    })
    const follower = joinSwarm(replica, { announce: false, dht: testnet.createNode() })
    expect(await replica.update({ atLeast: 3 })).toBe(3)
    expect(replica.head).toEqual(ledger.head)
    const commit = await ledger.commit({ entries: [callsEntry(2)], changes: [file('/x', 'x')] })
    await replica.update({ atLeast: 4 })
    const { dbLength, blobsLength } = commit.filesHead
    expect(await filesHeadAt(replica, dbLength, blobsLength)).toEqual(commit.filesHead)

    await using files = await RemoteFiles.open({
      key: ledger.filesKey,
      directory: await freshDirectory(),
    })
    const reader = joinSwarm(files, { announce: false, bootstrap: testnet.bootstrap })
    await files.update()
    expect(await files.list('/', { recursive: false })).toEqual([
      { name: 'd', stat: { kind: 'directory', size: 0, mtime: 1 } },
      { name: 'd-e', stat: { kind: 'file', size: 3, mtime: 1 } },
      { name: 'x', stat: { kind: 'file', size: 1, mtime: 1 } },
    ])
    expect(await files.read('/d/a')).toEqual(new TextEncoder().encode('one'))
    await reader.close()
    await follower.close()
    await host.close()
  })

  it('delays nothing and throws nothing when there is no network', async () => {
    await using ledger = await startedLedger()
    const events: SwarmEvent[] = []
    const started = performance.now()
    const swarm = joinSwarm(ledger, {
      announce: true,
      // A port of this machine where nobody answers.
      bootstrap: [{ host: '127.0.0.1', port: 9 }],
      onEvent: (event) => events.push(event),
    })
    expect(performance.now() - started).toBeLessThan(1_000)
    await ledger.commit({ entries: [callsEntry(1)], changes: [] })
    expect(ledger.length).toBe(3)
    await swarm.close()
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
