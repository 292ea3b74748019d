import { expect, test } from 'vitest'
import { fitDescriptors } from '../src/operations/descriptors.ts'

const WANTED = { sockets: 10_256, awake: 64, machines: 32 }

test('with files enough, a host has all that it wants', () => {
  expect(fitDescriptors(65_536, WANTED)).toEqual(WANTED)
  expect(fitDescriptors(null, WANTED)).toEqual(WANTED)
})

test.each([128, 200, 256, 1_024, 4_096])(
  'of %i files, stores, machines and sockets together take no more',
  (limit) => {
    const { sockets, awake, machines } = fitDescriptors(limit, WANTED)
    for (const each of [sockets, awake, machines]) expect(each).toBeGreaterThanOrEqual(1)
    // What the host itself takes, and 32 for each store, 8 for each machine.
    const least = 128 + 32 + 8 + 1
    expect(128 + awake * 32 + machines * 8 + sockets).toBeLessThanOrEqual(Math.max(limit, least))
  },
)

test('a quarter is left to sockets, and fewer services are awake', () => {
  expect(fitDescriptors(1_024, WANTED)).toEqual({ sockets: 248, awake: 15, machines: 21 })
})
