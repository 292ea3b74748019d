import { expect, test } from 'vitest'
import { ReplayGuard } from '../src/service/replay-guard.ts'
import { RECALL_ENTRIES, RECALL_MS } from '../src/settings/limits.ts'

test('knows pending and committed requests, and forgets refused ones', () => {
  const guard = new ReplayGuard<string>(100, 1)
  guard.pending('a', 'waiting')
  expect(guard.get('a')).toEqual({ state: 'pending', pending: 'waiting' })
  guard.committed('a', 7, 5_000)
  expect(guard.get('a')).toMatchObject({ state: 'committed', index: 7 })
  guard.pending('b', 'waiting')
  guard.forget('b')
  expect(guard.get('b')).toBeUndefined()
  expect(guard.size).toBe(1)
})

test('forgets by the time of the ledger, and says from which head on it remembers', () => {
  const guard = new ReplayGuard<string>(10_000, 1)
  const length = 5 + RECALL_ENTRIES
  guard.committed('a', 3, 5_000)
  guard.committed('b', 4, 6_000)
  guard.pending('c', 'waiting')
  guard.advance(length, 5_000 + RECALL_MS)
  expect(guard.get('a')).toBeDefined()
  expect([guard.covers(0), guard.covers(1)]).toEqual([false, true])
  guard.advance(length, 5_001 + RECALL_MS)
  expect(guard.get('a')).toBeUndefined()
  expect(guard.get('b')).toBeDefined()
  expect(guard.get('c')).toBeDefined()
  expect([guard.covers(3), guard.covers(4)]).toEqual([false, true])
})

test('keeps the newest entries whatever their times', () => {
  const guard = new ReplayGuard<string>(10_000, 1)
  guard.committed('a', 3, 5_000)
  guard.advance(3 + RECALL_ENTRIES, Number.MAX_SAFE_INTEGER)
  expect(guard.get('a')).toBeDefined()
  guard.advance(4 + RECALL_ENTRIES, Number.MAX_SAFE_INTEGER)
  expect(guard.get('a')).toBeUndefined()
})

test('forgets what is out of the window, whatever its time', () => {
  const guard = new ReplayGuard<string>(100, 1)
  guard.committed('a', 3, 5_000)
  guard.committed('b', 4, 5_000)
  guard.advance(103, 5_000)
  expect(guard.get('a')).toBeDefined()
  guard.advance(104, 5_000)
  expect(guard.get('a')).toBeUndefined()
  expect(guard.get('b')).toBeDefined()
  expect(guard.covers(3)).toBe(false)
})

test('a guard that recalled nothing covers only what comes', () => {
  const guard = new ReplayGuard<string>(100, 40)
  expect([guard.covers(39), guard.covers(40), guard.covers(null)]).toEqual([false, true, true])
})

test('after a commit that failed it covers nothing any more', () => {
  const guard = new ReplayGuard<string>(100, 1)
  guard.doubt()
  expect([guard.covers(1), guard.covers(1_000_000), guard.covers(null)]).toEqual([
    false,
    false,
    true,
  ])
})
