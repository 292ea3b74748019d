import { expect, test } from 'vitest'
import { GroupSize } from '../src/service/group-size.ts'
import {
  GROUP_CALLS,
  GROUP_CHANGE_BYTES,
  GROUP_FIRST_CALLS,
  GROUP_ORACLE_MS,
} from '../src/settings/limits.ts'

test('groups of light calls double up to the limit', () => {
  const size = new GroupSize()
  expect(size.calls).toBe(GROUP_FIRST_CALLS)
  for (let i = 0; i < 20; i++) size.learn(size.calls, 0)
  expect(size.calls).toBe(GROUP_CALLS)
})

test('groups of heavy calls shrink to what fits, and to one call at least', () => {
  const size = new GroupSize()
  size.learn(64, 2 * GROUP_CHANGE_BYTES)
  expect(size.calls).toBe(32)
  size.learn(1, 2 * GROUP_CHANGE_BYTES)
  expect(size.calls).toBe(1)
  size.learn(1, 10)
  expect(size.calls).toBe(2)
})

test('groups whose calls wait for oracles shrink too', () => {
  const size = new GroupSize()
  size.learn(64, 0, 2 * GROUP_ORACLE_MS)
  expect(size.calls).toBe(32)
  size.learn(32, 0, 100 * GROUP_ORACLE_MS)
  expect(size.calls).toBe(1)
})
