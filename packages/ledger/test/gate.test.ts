import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Replica } from '../src/index.ts'
import { fdatasync } from '../src/store/durable.ts'
import { connectSides } from './connect.ts'
import { callsEntry, crypto, file, freshDirectory, startedLedger } from './fixtures.ts'
import { filesHeadAt } from './signed-files.ts'

/** A sync that can be stopped. */
function pausableSync() {
  let paused: Promise<void> | null = null
  let resume = (): void => {}
  return {
    async syncFd(fd: number): Promise<void> {
      await paused
      await fdatasync(fd)
    },
    pause(): void {
      paused = new Promise((resolve) => {
        resume = resolve
      })
    },
    resume(): void {
      paused = null
      resume()
    },
  }
}

describe('the replication gate', () => {
  it('lets nothing of a group out before it is synced', async () => {
    const sync = pausableSync()
    await using ledger = await startedLedger({ syncFd: sync.syncFd })
    await using replica = await Replica.open({
      key: ledger.key,
      directory: await freshDirectory(),
      crypto,
    })
    const connection = await connectSides(ledger, replica)
    await replica.update()
    await filesHeadAt(replica, 1, 0)
    await sleep(100)
    for (let round = 0; round < 3; round++) {
      const { length, head, filesHead } = ledger
      const sentBefore = connection.sent()
      sync.pause()
      const commit = ledger.commit({
        entries: [callsEntry(round)],
        changes: [file('/a', `${round}`)],
      })
      await sleep(150)
      // Written, not synced: a peer connected before, one that connects now, and a reader here see nothing of it.
      await using late = await Replica.open({
        key: ledger.key,
        directory: await freshDirectory(),
        crypto,
      })
      const lateConnection = await connectSides(ledger, late)
      await sleep(150)
      expect(connection.sent()).toBe(sentBefore)
      expect(replica.length).toBe(length)
      expect(late.length).toBe(0)
      expect(ledger.length).toBe(length)
      expect(ledger.head).toEqual(head)
      expect(ledger.filesHead).toEqual(filesHead)
      expect(await ledger.groupEnd(length + 1)).toBe(null)
      const before = round === 0 ? null : new TextEncoder().encode(`${round - 1}`)
      expect(await ledger.files.read('/a')).toEqual(before)
      sync.resume()
      await commit
      expect(await replica.update({ atLeast: length + 1 })).toBe(length + 1)
      expect(await late.update({ atLeast: length + 1 })).toBe(length + 1)
      await lateConnection.disconnect()
    }
    await connection.disconnect()
  })

  it('stays shut for ever after a failed sync, and the ledger is dead', async () => {
    let failing = false
    await using ledger = await startedLedger({
      async syncFd(fd) {
        if (failing) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
        await fdatasync(fd)
      },
    })
    await using replica = await Replica.open({
      key: ledger.key,
      directory: await freshDirectory(),
      crypto,
    })
    const connection = await connectSides(ledger, replica)
    await replica.update()
    await sleep(100)
    const sentBefore = connection.sent()
    failing = true
    const commit = ledger.commit({ entries: [callsEntry(1)], changes: [] })
    await expect(commit).rejects.toMatchObject({ code: 'ERR_VMS_DISK_FULL' })
    failing = false
    await expect(ledger.commit({ entries: [callsEntry(2)], changes: [] })).rejects.toMatchObject({
      code: 'ERR_VMS_DISK_FULL',
    })
    await expect(ledger.get(0)).rejects.toMatchObject({ code: 'ERR_VMS_DISK_FULL' })
    await expect(ledger.files.stat('/a')).rejects.toMatchObject({ code: 'ERR_VMS_DISK_FULL' })
    expect(() => ledger.replicate(true)).toThrow(/no space/)
    await sleep(100)
    expect(connection.sent()).toBe(sentBefore)
    expect(replica.length).toBe(2)
    await connection.disconnect()
  })
})
