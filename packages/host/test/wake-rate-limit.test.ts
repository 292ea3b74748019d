/** Wakings of a visitor, and who counts as one. */
import { expect, test } from 'vitest'
import { networkOf } from '../src/rates/networks.ts'
import { WakeRateError, WakeRateLimit } from '../src/rates/wake-rate-limit.ts'

test('as many as the limit at once, then one after each part of the minute', () => {
  let now = 0
  const wakeRate = new WakeRateLimit(60, () => now)
  for (let i = 0; i < 60; i++) wakeRate.take('a')
  expect(() => wakeRate.take('a')).toThrow(WakeRateError)
  expect(wakeRate.waitMs('a')).toBe(1_000)
  expect(wakeRate.waitMs('b')).toBe(0)
  now += 400
  expect(wakeRate.waitMs('a')).toBe(600)
  now += 600
  wakeRate.take('a')
  expect(() => wakeRate.take('a')).toThrow(/come back in 1 s/)
  // No more is saved up than the limit.
  now += 10 * 60_000
  for (let i = 0; i < 60; i++) wakeRate.take('a')
  expect(() => wakeRate.take('a')).toThrow(WakeRateError)
})

test('the host itself wakes what it likes', () => {
  const wakeRate = new WakeRateLimit(1, () => 0)
  for (let i = 0; i < 100; i++) wakeRate.take(null)
  expect(wakeRate.waitMs(null)).toBe(0)
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:0db8:0001::', '2001:db8:1:0::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['', ''],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
