import { expect, test } from 'vitest'
import { Refusal } from '../src/refusal.ts'
import { ReplayGuard } from '../src/replay-guard.ts'

test('knows pending and committed requests, and forgets refused ones', () => {
  const guard = new ReplayGuard<string>(1_000)
  guard.pending('a', 'waiting', 5_000)
  expect(guard.get('a')).toEqual({ state: 'pending', pending: 'waiting' })
  guard.committed('a', 7, 5_000)
  expect(guard.get('a')).toEqual({ state: 'committed', index: 7 })
  guard.pending('b', 'waiting', 5_000)
  guard.forget('b')
  expect(guard.get('b')).toBeUndefined()
})

test('keeps an id until its expiry and the grace after it are over, and a pending one for ever', () => {
  const guard = new ReplayGuard<string>(1_000)
  guard.committed('a', 1, 5_000)
  guard.pending('b', 'waiting', 5_000)
  guard.prune(6_000)
  expect(guard.get('a')).toBeDefined()
  guard.prune(6_001)
  expect(guard.get('a')).toBeUndefined()
  expect(guard.get('b')).toBeDefined()
})

test('a request that was refused for good stays refused until it expires', () => {
  const guard = new ReplayGuard<string>(1_000)
  const refusal = new Refusal('ERR_VMS_CRASH', 'it crashed')
  guard.refused('a', refusal, 5_000)
  expect(guard.get('a')).toEqual({ state: 'refused', refusal })
  guard.prune(5_001)
  expect(guard.get('a')).toBeUndefined()
})
