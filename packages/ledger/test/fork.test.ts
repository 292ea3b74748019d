/** A host that has two histories under one key: restored from a copy and continued, or truncated and rewritten. */
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { driveKeys, headSignable, sameBytes, TreeRoots, verifyHead } from '@vms/format'
import Corestore from 'corestore'
import { describe, expect, it } from 'vitest'
import { blobsKey } from '../src/engine/hyperdrive.ts'
import {
  ForkClaimedError,
  ForkedError,
  type ForkedFiles,
  type ForkedHead,
  ForkProbe,
  type ForkProof,
  Ledger,
  Replica,
} from '../src/index.ts'
import { claimant } from './claimant.ts'
import { connectSides } from './connect.ts'
import { callsEntry, crypto, file, freshDirectory, startedLedger } from './fixtures.ts'

/** Two ledgers with one key and five entries in common, then continued by `numbers` of different entries. */
async function twoHistories(numbers: [number, number]): Promise<[Ledger, Ledger]> {
  const ledger = await startedLedger()
  for (let i = 0; i < 3; i++) await ledger.commit({ entries: [callsEntry(i)], changes: [] })
  await ledger.close()
  const copy = await freshDirectory()
  await cp(ledger.directory, copy, { recursive: true })
  await rm(path.join(copy, 'store', 'CORESTORE'))
  const pair: [Ledger, Ledger] = [
    await Ledger.open(ledger.directory, { crypto }),
    await Ledger.open(copy, { crypto }),
  ]
  for (const [side, history] of pair.entries()) {
    for (let i = 0; i < (numbers[side] ?? 0); i++) {
      await history.commit({ entries: [callsEntry(100 * side + i)], changes: [] })
    }
  }
  return pair
}

const follower = async (key: Uint8Array): Promise<Replica> =>
  await Replica.open({ key, directory: await freshDirectory(), crypto })

async function forkOf(replica: Replica): Promise<ForkedError> {
  const error: unknown = await replica
    .update({ atLeast: 100, timeoutMs: 10_000 })
    .catch((cause) => cause)
  if (!(error instanceof ForkedError)) throw new Error('no fork was seen', { cause: error })
  return error
}

describe('two histories under one key', () => {
  it.each([
    ['longer', 5],
    ['shorter', 2],
  ])('are found by a follower that is shown a %s one, with evidence', async (_, more) => {
    const [one, two] = await twoHistories([3, more])
    await using replica = await follower(one.key)
    const first = await connectSides(one, replica)
    await replica.update({ atLeast: 8 })
    for await (const entry of replica.entries()) expect(entry.length).toBeGreaterThan(0)
    await first.disconnect()
    const second = await connectSides(two, replica)
    const { proof } = await forkOf(replica)
    const { heads, trees } = (await proof) as ForkProof
    expect(heads[0]).toEqual({ ...one.head, fork: 0 })
    expect(heads[1]?.length).toBe(5 + more)
    expect(heads[1] && sameBytes(heads[1].treeHash, two.head.treeHash)).toBe(true)
    for (const head of heads) expect(verifyHead(crypto, one.key, one.manifest, head)).toBe(true)
    // At one length, both trees lead to what was signed, and are two.
    const hashes = trees.map(({ head, length, roots, rest }) => {
      const tree = new TreeRoots(crypto, roots)
      expect(tree.length).toBe(length)
      const hash = tree.hash()
      for (const node of rest) tree.append(node)
      expect(tree.hash()).toEqual(heads[head]?.treeHash)
      return hash
    })
    expect(trees[0]?.length).toBe(trees[1]?.length)
    expect(hashes[0]).not.toEqual(hashes[1])
    await expect(replica.get(0)).rejects.toBeInstanceOf(ForkedError)
    await second.disconnect()
    for (const ledger of [one, two]) await ledger.close()
  })

  it.each(['db', 'blobs'] as const)('are proven where they are of %s alone', async (core) => {
    const ledger = await startedLedger()
    await ledger.commit({ entries: [callsEntry(0)], changes: [file('/a', 'a')] })
    const { key, directory, manifest } = ledger
    const { dbLength, blobsLength } = ledger.filesHead
    await using replica = await follower(key)
    await ledger.close()
    const copy = await freshDirectory()
    await cp(directory, copy, { recursive: true })
    await rm(path.join(copy, 'store', 'CORESTORE'))
    const sides = await Promise.all(
      [directory, copy].map(async (place, side) => {
        const store = new Corestore(path.join(place, 'store'))
        const log = store.get({ key: Buffer.from(key), allowFork: false })
        const db = store.get({ key: Buffer.from(manifest.filesKey), allowFork: false })
        await Promise.all([log.ready(), db.ready()])
        const blobs = store.get({ key: Buffer.from(blobsKey(db)), allowFork: false })
        await blobs.ready()
        const forked = { db, blobs }[core]
        for (let i = 0; i <= side; i++) await forked.append(Buffer.from(`${side} ${i}`))
        return { store, replicate: (isInitiator: boolean) => store.replicate(isInitiator) }
      }),
    )
    const [one, two] = sides as [(typeof sides)[0], (typeof sides)[0]]
    const first = await connectSides(one, replica)
    await replica.update({ atLeast: 3 })
    await replica.filesTrees(dbLength, blobsLength)
    await replica.filesLengths()
    await first.disconnect()
    const second = await connectSides(two, replica)
    const more = { db: dbLength, blobs: blobsLength, [core]: 100 } as const
    const error = await replica.filesTrees(more.db, more.blobs).catch((cause) => cause)
    expect(error).toBeInstanceOf(ForkedError)
    const { heads, trees, files, ...proof } = (await error.proof) as ForkProof
    expect(proof).toEqual({ key, manifest })
    const { signer } = files as ForkedFiles
    expect(files?.core).toBe(core)
    const keys = driveKeys(crypto, signer)
    expect(keys.db).toEqual(manifest.filesKey)
    const hashes = trees.map(({ head, length, roots, rest }) => {
      const { length: reach, treeHash, signature } = heads[head] as ForkedHead
      const signable = headSignable(keys[core], reach, treeHash)
      expect(crypto.verify(signable, signature, signer)).toBe(true)
      const tree = new TreeRoots(crypto, roots)
      expect(tree.length).toBe(length)
      const hash = tree.hash()
      for (const node of rest) tree.append(node)
      expect(tree.hash()).toEqual(treeHash)
      return hash
    })
    expect(trees[0]?.length).toBe(trees[1]?.length)
    expect(hashes[0]).not.toEqual(hashes[1])
    await second.disconnect()
    for (const { store } of sides) await store.close()
  })

  it('are not followed when a host says that it has truncated', async () => {
    const ledger = await startedLedger()
    for (let i = 0; i < 3; i++) await ledger.commit({ entries: [callsEntry(i)], changes: [] })
    const { head, key, directory } = ledger
    await using replica = await follower(key)
    const first = await connectSides(ledger, replica)
    await replica.update({ atLeast: 5 })
    await first.disconnect()
    await ledger.close()
    const store = new Corestore(path.join(directory, 'store'))
    const core = store.get({ key: Buffer.from(key), allowFork: false })
    await core.ready()
    await core.truncate(3)
    for (let i = 0; i < 9; i++) await core.append(Buffer.from(`${i}`))
    const second = await connectSides(
      { replicate: (isInitiator) => store.replicate(isInitiator) },
      replica,
    )
    const error = await replica.update({ atLeast: 6, timeoutMs: 10_000 }).catch((cause) => cause)
    expect(error).toBeInstanceOf(ForkClaimedError)
    expect(error).toMatchObject({ code: 'ERR_VMS_FORK_CLAIMED', fork: 1 })
    expect(replica.head).toEqual(head)
    await second.disconnect()
    // Whoever has the other history has a head that is signed over its fork.
    await using probe = await ForkProbe.open({ key, directory: await freshDirectory(), crypto })
    const third = await connectSides(
      { replicate: (isInitiator) => store.replicate(isInitiator) },
      probe,
    )
    const proof = await probe.proof(20_000)
    expect(proof?.heads).toMatchObject([{ length: 12, fork: 1 }])
    const [forked] = proof?.heads ?? []
    if (!forked) throw new Error('there is no head')
    const { manifest } = ledger
    const signed = headSignable(key, forked.length, forked.treeHash, 1)
    expect(crypto.verify(signed, forked.signature, manifest.signer)).toBe(true)
    expect(verifyHead(crypto, key, manifest, forked)).toBe(false)
    await third.disconnect()
    await store.close()
    await expect(Ledger.open(directory, { crypto })).rejects.toMatchObject({
      code: 'ERR_VMS_LEDGER_DAMAGED',
    })
  })

  it('are not shown by a peer that holds no key and only says so', async () => {
    const ledger = await startedLedger()
    const { key } = ledger
    const peer = await claimant(await freshDirectory(), key, 7)
    await using probe = await ForkProbe.open({ key, directory: await freshDirectory(), crypto })
    const joined = await connectSides(peer, probe)
    expect(await probe.proof(2_000)).toBe(null)
    await joined.disconnect()
    await peer.close()
    await ledger.close()
  })

  it('stop a host that is shown the other one', async () => {
    const [one, two] = await twoHistories([3, 5])
    await using replica = await follower(one.key)
    const first = await connectSides(one, replica)
    await replica.update({ atLeast: 8 })
    await first.disconnect()
    const second = await connectSides(two, replica)
    await forkOf(replica)
    await expect
      .poll(
        async () =>
          await two.commit({ entries: [callsEntry(1)], changes: [] }).catch((e) => e.code),
      )
      .toBe('ERR_VMS_FORKED')
    await expect(two.get(0)).rejects.toBeInstanceOf(ForkedError)
    await second.disconnect()
    for (const ledger of [one, two]) await ledger.close()
  })
})
