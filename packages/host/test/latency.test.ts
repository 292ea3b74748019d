/** Minutes of latency: what is told of them, and how many are kept. */
import { encodeKey } from '@vms/format'
import type { Ledger } from '@vms/ledger'
import { expect, test } from 'vitest'
import { Latency } from '../src/operations/latency.ts'
import type { Answered } from '../src/service/observer.ts'

const ledger = (fill: number): Ledger => ({ key: new Uint8Array(32).fill(fill) }) as Ledger
const took = (ms: number): Answered => ({ ms }) as Answered

test('each minute with requests is told: how many, the average, the slowest', () => {
  let now = 120_500
  const latency = new Latency(() => now)
  const one = ledger(1)
  for (const ms of [1, 2, 6]) latency.onAnswer(one, took(ms))
  now = 190_000
  latency.onAnswer(one, took(5))
  // A clock that was set back.
  now = 60_000
  latency.onAnswer(one, took(7))
  expect(latency.rows(encodeKey(one.key))).toEqual([
    [120_000, 3, 3, 6],
    [180_000, 2, 6, 7],
  ])
  expect(latency.rows(encodeKey(ledger(2).key))).toEqual([])
})

test('no more than a day is told, and memory is bounded', () => {
  let now = 0
  const latency = new Latency(() => now)
  const [one, two] = [ledger(1), ledger(2)]
  latency.onAnswer(two, took(1))
  for (let i = 0; i < 60_000; i++) {
    now += 60_000
    latency.onAnswer(one, took(1))
  }
  const rows = latency.rows(encodeKey(one.key))
  expect(rows).toHaveLength(1_440)
  expect(rows.at(-1)?.[0]).toBe(now)
  expect(latency.rows(encodeKey(two.key))).toEqual([])
})
