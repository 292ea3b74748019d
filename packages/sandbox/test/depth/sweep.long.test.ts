/**
 * Everything that may nest, by each way of nesting, in each tier and with a larger stack: depth ends the same nests everywhere, and the
 * engine's stack ends none.
 */
import { describe, expect, it } from 'vitest'
import { stackKilobytes } from '../../src/protocol/limits.ts'
import { maglev, sparkplug, turbofan } from '../transform/tiers.ts'
import { sweep } from './sweep.ts'

const ways = [
  ['--jitless'],
  sparkplug,
  maglev,
  turbofan,
  [`--stack-size=${Math.floor(stackKilobytes * 1.5)}`],
  [`--stack-size=${Math.floor(stackKilobytes * 0.75)}`],
]

describe('everything that may nest', () => {
  for (const link of ['itself', 'closure', 'bound'] as const) {
    it(`ends by depth, by way of ${link}`, { timeout: 3_600_000 }, async () => {
      const plain = await sweep({ link, place: 'open', every: 1 })
      expect(plain.overflows).toEqual([])
      for (const execArgv of ways) {
        const { deep, nests, overflows } = await sweep({ link, place: 'open', every: 1, execArgv })
        expect({ deep, nests, overflows }, execArgv.join(' ')).toEqual({
          deep: plain.deep,
          nests: plain.nests,
          overflows: [],
        })
      }
    })
  }
})
