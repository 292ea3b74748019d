/** Rates: what a caller has left, and that looking takes nothing. */
import { expect, test } from 'vitest'
import { TokenBuckets } from '../src/rates/token-buckets.ts'

test('looking takes nothing, and sees what is used up and what is made up for', () => {
  let now = 0
  const rates = new TokenBuckets(() => now)
  for (let i = 0; i < 100; i++) expect(rates.has('a', 2)).toBe(true)
  expect(rates.take('a', 10, 2)).toBe(true)
  expect(rates.has('a', 2)).toBe(false)
  expect(rates.take('a', 1, 2)).toBe(false)
  expect(rates.has('b', 2)).toBe(true)
  now += 1
  expect(rates.has('a', 2)).toBe(true)
})
