import type { FileChange } from '@vms/format'
import { expect, test } from 'vitest'
import { GroupSize } from '../src/group-size.ts'
import {
  GROUP_CALLS,
  GROUP_CHANGE_BYTES,
  GROUP_FIRST_CALLS,
  GROUP_ORACLE_MS,
} from '../src/limits.ts'

const written = (bytes: number): FileChange[] => [
  { path: '/f', kind: 'file', data: new Uint8Array(bytes), mtime: 0 },
]

test('groups of light calls double up to the limit', () => {
  const size = new GroupSize()
  expect(size.calls).toBe(GROUP_FIRST_CALLS)
  for (let i = 0; i < 20; i++) size.learn(size.calls, [])
  expect(size.calls).toBe(GROUP_CALLS)
})

test('groups of heavy calls shrink to what fits, and to one call at least', () => {
  const size = new GroupSize()
  size.learn(64, written(2 * GROUP_CHANGE_BYTES))
  expect(size.calls).toBe(32)
  size.learn(1, written(2 * GROUP_CHANGE_BYTES))
  expect(size.calls).toBe(1)
  size.learn(1, written(10))
  expect(size.calls).toBe(2)
})

test('groups whose calls wait for oracles shrink too', () => {
  const size = new GroupSize()
  size.learn(64, [], 2 * GROUP_ORACLE_MS)
  expect(size.calls).toBe(32)
  size.learn(32, [], 100 * GROUP_ORACLE_MS)
  expect(size.calls).toBe(1)
})
