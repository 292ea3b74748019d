import { describe, expect, it } from 'vitest'
import { RemoteFiles } from '../src/index.ts'
import { connectSides } from './connect.ts'
import { callsEntry, directory, file, freshDirectory, startedLedger } from './fixtures.ts'

describe('RemoteFiles', () => {
  it('reads the files by their key', async () => {
    await using ledger = await startedLedger()
    const changes = [
      directory('/d'),
      file('/d/a', 'one'),
      file('/d-e', 'two'),
      file('/big', 'x'.repeat(200_000)),
    ]
    await ledger.commit({ entries: [callsEntry(1)], changes })
    await using files = await RemoteFiles.open({
      key: ledger.filesKey,
      directory: await freshDirectory(),
    })
    const connection = await connectSides(ledger, files)
    await files.update()
    expect(await files.list('/', { recursive: false })).toEqual(
      await ledger.files.list('/', { recursive: false }),
    )
    expect(await files.list('/', { recursive: true })).toEqual(
      await ledger.files.list('/', { recursive: true }),
    )
    expect(await files.list('/d', { recursive: false })).toHaveLength(1)
    expect(await files.stat('/d')).toEqual({ kind: 'directory', size: 0, mtime: 1 })
    expect(await files.stat('/nothing')).toBe(null)
    expect(await files.read('/big')).toEqual(await ledger.files.read('/big'))
    expect(await files.read('/d')).toBe(null)
    await connection.disconnect()
  })
})
