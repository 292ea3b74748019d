/** The same histories on the real machine and the real store; every fourth tells a lie, and has its ledger in memory. */
import { expect, test } from 'vitest'
import { planOf } from './plan.ts'
import { simulate } from './simulate.ts'

test('200 histories on the real machine and the real store hold', {
  timeout: 1_800_000,
}, async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { wrong } = await simulate(planOf(seed, seed % 4 === 0), { real: true })
    expect(wrong, `seed ${seed}`).toBeNull()
  }
})
