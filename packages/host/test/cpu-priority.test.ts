/** Weight: who computes for long gives way, on every machine that it has from then on. */

import { nodeTimers } from '@vms/ledger'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CpuPriority, HEAVY_MS } from '../src/tenancy/cpu-priority.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a short piece of work changes nothing', () => {
  const lowered: number[] = []
  const weight = new CpuPriority(nodeTimers, (pid) => lowered.push(pid))
  for (let i = 0; i < 10; i++) {
    weight.begin({ pid: 7 })
    vi.advanceTimersByTime(HEAVY_MS - 1)
    weight.end()
  }
  vi.advanceTimersByTime(10 * HEAVY_MS)
  expect(lowered).toEqual([])
})

test('a long one lowers its process while it runs, once, and the next machine from its beginning', () => {
  const lowered: number[] = []
  const weight = new CpuPriority(nodeTimers, (pid) => lowered.push(pid))
  weight.begin({ pid: 7 })
  vi.advanceTimersByTime(HEAVY_MS)
  expect(lowered).toEqual([7])
  weight.end()
  weight.begin({ pid: 7 })
  weight.end()
  weight.begin({ pid: 8 })
  weight.end()
  expect(lowered).toEqual([7, 8])
})
