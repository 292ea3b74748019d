/**
 * Depth ends a recursion before V8's stack does, whatever goes through the engine on the way and whatever compiles it. The machines
 * here have three quarters of the stack that machines have.
 */
import { describe, expect } from 'vitest'
import { testInTurn } from '../../../../tests/harness/in-turn.ts'
import { stackKilobytes } from '../../src/protocol/limits.ts'
import { Bench } from '../bench.ts'
import { recursions } from './recursions.ts'
import { maglev, sparkplug, turbofan } from './tiers.ts'

const test = testInTurn(4)

const stack = `--stack-size=${Math.floor(stackKilobytes * 0.75)}`
const tiers = [[], sparkplug, maglev, turbofan]

const script = Object.entries(recursions)
  .map(
    ([name, body]) => `
exports.${name} = () => {
  let n = 0
  const seen = []
  const show = (n) => { seen.push(n) }
  const print = show
  const go = (f) => { for (let i = 0; i < 20; i++) { n = 0; try { f() } catch (e) { seen.push(n, e.name, e.message); break } } }
  ${body}
  return seen
}`,
  )
  .join('\n')

describe('depth', () => {
  for (const flags of tiers) {
    test(`is used up before the stack is, with ${flags.join(' ') || 'no flags'}`, {
      timeout: 120_000,
    }, async () => {
      const bench = await Bench.booted(script, {
        execArgv: [stack, ...flags],
        service: { callWallMs: 30_000 },
        limits: { fuelPerCall: 1_000_000_000 },
      })
      const survivors: string[] = []
      for (const name of Object.keys(recursions)) {
        const { done, stop } = await bench.run([name])
        const result = done[0]?.results[0]
        if (result?.abort !== 'depth') survivors.push(`${name}: ${JSON.stringify(result ?? stop)}`)
        if (stop !== null) await bench.boot()
      }
      expect(survivors).toEqual([])
      await bench.close()
    })
  }
})
