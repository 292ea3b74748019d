import { describe, expect, it } from 'vitest'
import { FilesCache } from '../../src/files/cache.ts'

const file = (size: number) => ({
  stat: { kind: 'file' as const, size, mtime: 0 },
  data: new Uint8Array(size),
})

describe('the cache of committed files', () => {
  it('forgets what was used longest ago', () => {
    const cache = new FilesCache(10_000)
    for (const name of ['/a', '/b', '/c']) cache.setEntry(name, file(3_000))
    expect(cache.entry('/a')).toBeDefined()
    cache.setEntry('/d', file(3_000))
    expect(['/a', '/b', '/c', '/d'].map((path) => cache.entry(path) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ])
    expect(cache.bytes).toBeLessThanOrEqual(10_000)
  })

  it('does not keep what is larger than itself, nor what was before it', () => {
    const cache = new FilesCache(1_000)
    cache.setEntry('/a', file(10))
    cache.setEntry('/a', file(10_000))
    expect(cache.entry('/a')).toBeUndefined()
    expect(cache.bytes).toBe(0)
  })

  it('drops the lists that a change is in', () => {
    const cache = new FilesCache(100_000)
    for (const path of ['/', '/a', '/a/b', '/c']) {
      cache.setList(path, false, [])
      cache.setList(path, true, [])
    }
    cache.dropListsOf('/a/b/f')
    const kept = ['/', '/a', '/a/b', '/c'].map((path) => [
      cache.list(path, false) !== undefined,
      cache.list(path, true) !== undefined,
    ])
    expect(kept).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [true, true],
    ])
  })
})
