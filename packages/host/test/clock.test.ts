import { expect, test } from 'vitest'
import { EntryClock } from '../src/platform/clock.ts'

test('the time of entries never goes back, and may stand still', () => {
  let now = 1_000
  const clock = new EntryClock(() => now, 900)
  expect(clock.tick()).toBe(1_000)
  now = 500
  expect(clock.tick()).toBe(1_000)
  expect(clock.behind(499)).toMatch('500 ms behind')
  expect(clock.behind(500)).toBeNull()
  now = 1_000.9
  expect(clock.tick()).toBe(1_000)
  expect(clock.behind(0)).toBeNull()
})
