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

  it('puts a change into the lists that hold the path, in order, and counts it', () => {
    const cache = new FilesCache(100_000)
    const { stat } = file(1)
    for (const path of ['/', '/a', '/a/b', '/c']) {
      cache.setList(path, false, [])
      cache.setList(path, true, [])
    }
    const empty = cache.bytes
    cache.changeLists('/a/b/g', stat)
    cache.changeLists('/a/b/f', stat)
    cache.changeLists('/a/b/f', file(2).stat)
    const names = (path: string, recursive: boolean) =>
      cache.list(path, recursive)?.map(({ name, stat: { size } }) => `${name} ${size}`)
    expect(names('/a/b', false)).toEqual(['f 2', 'g 1'])
    expect(names('/a', true)).toEqual(['b/f 2', 'b/g 1'])
    expect(names('/', true)).toEqual(['a/b/f 2', 'a/b/g 1'])
    expect([names('/a', false), names('/', false), names('/c', true)]).toEqual([[], [], []])
    for (const path of ['/a/b/f', '/a/b/g', '/a/b/none']) cache.changeLists(path, null)
    expect(names('/', true)).toEqual([])
    expect(cache.bytes).toBe(empty)
  })

  it('forgets a list that grows larger than itself', () => {
    const cache = new FilesCache(1_000)
    cache.setList('/', false, [])
    for (let i = 0; i < 10; i++) cache.changeLists(`/${i}`, file(1).stat)
    expect(cache.list('/', false)).toBeUndefined()
    expect(cache.bytes).toBe(0)
  })
})
