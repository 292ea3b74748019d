import { decodeEntry, TreeRoots, verifyHead } from '@vms/format'
import { describe, expect, it } from 'vitest'
import { type Ledger, NotALedgerError, Replica, UnreachableError } from '../src/index.ts'
import { connectSides } from './connect.ts'
import { callsEntry, crypto, file, freshDirectory, startedLedger } from './fixtures.ts'
import { filesHeadAt } from './signed-files.ts'

const follow = async (ledger: Ledger, key = ledger.key): Promise<Replica> =>
  await Replica.open({ key, directory: await freshDirectory(), crypto })

describe('Replica', () => {
  it('gets what the host committed, and goes on as the host does', async () => {
    await using ledger = await startedLedger()
    for (let i = 0; i < 600; i += 100) {
      const entries = Array.from({ length: 100 }, (_, k) => callsEntry(i + k))
      await ledger.commit({ entries, changes: [file(`/${i}`, 'x'.repeat(i * 200))] })
    }
    await using replica = await follow(ledger)
    const connection = await connectSides(ledger, replica)
    expect(await replica.update()).toBe(602)
    expect(replica.manifest).toEqual(ledger.manifest)
    expect(replica.head).toEqual(ledger.head)
    expect(verifyHead(crypto, replica.key, replica.manifest, ledger.head)).toBe(true)
    const progress: number[] = []
    let index = 0
    for await (const block of replica.entries(0, 602, {
      onProgress: (done) => progress.push(done),
    })) {
      expect(block).toEqual(await ledger.get(index++))
    }
    expect(index).toBe(602)
    expect(progress.at(-1)).toBe(602)
    const last = decodeEntry(await replica.get(601))
    expect(last.files).toEqual(ledger.filesHead)
    const { dbLength, blobsLength } = ledger.filesHead
    expect(await filesHeadAt(replica, dbLength, blobsLength)).toEqual(ledger.filesHead)
    const tree = new TreeRoots(crypto, await replica.roots(302))
    expect(tree.hash()).toEqual((await ledger.groupEnd(302))?.treeHash)
    await ledger.commit({ entries: [callsEntry(9)], changes: [file('/new', 'new')] })
    expect(await replica.update({ atLeast: 603 })).toBe(603)
    expect(await filesHeadAt(replica, dbLength + 1, blobsLength + 1)).toEqual(ledger.filesHead)
    await connection.disconnect()
  })

  it('knows the files heads of all groups', async () => {
    await using ledger = await startedLedger()
    const heads = [ledger.filesHead]
    for (let i = 0; i < 20; i++) {
      const changes = i % 3 === 0 ? [] : [file(`/${i % 7}`, String(i)), file('/empty', '')]
      heads.push((await ledger.commit({ entries: [callsEntry(i)], changes })).filesHead)
    }
    await using replica = await follow(ledger)
    const connection = await connectSides(ledger, replica)
    await replica.update()
    for (const head of heads) {
      expect(await filesHeadAt(replica, head.dbLength, head.blobsLength)).toEqual(head)
    }
    await connection.disconnect()
  })

  it('goes on from what it has when it is opened again', async () => {
    await using ledger = await startedLedger()
    const options = { key: ledger.key, directory: await freshDirectory(), crypto }
    const replica = await Replica.open(options)
    const connection = await connectSides(ledger, replica)
    await replica.update()
    for await (const block of replica.entries()) expect(block.length).toBeGreaterThan(0)
    await connection.disconnect()
    await replica.close()
    await ledger.commit({ entries: [callsEntry(1)], changes: [file('/a', 'a')] })
    await using again = await Replica.open(options)
    expect(again.length).toBe(2)
    const next = await connectSides(ledger, again)
    expect(await again.update({ atLeast: 3 })).toBe(3)
    expect(await filesHeadAt(again, 2, 1)).toEqual(ledger.filesHead)
    await next.disconnect()
  })

  it('says in time that nobody answers', async () => {
    await using ledger = await startedLedger()
    await using replica = await follow(ledger)
    await expect(replica.update({ timeoutMs: 50 })).rejects.toThrow(UnreachableError)
    await using stranger = await follow(ledger, crypto.randomBytes(32))
    const connection = await connectSides(ledger, stranger)
    await expect(stranger.update({ timeoutMs: 300 })).rejects.toThrow(UnreachableError)
    await connection.disconnect()
  })

  it('refuses a core that is no ledger', async () => {
    await using ledger = await startedLedger()
    await using replica = await follow(ledger, ledger.filesKey)
    const connection = await connectSides(ledger, replica)
    await expect(replica.update({ timeoutMs: 5_000 })).rejects.toThrow(NotALedgerError)
    await connection.disconnect()
  })
})
