/** Histories in virtual time: 500 honest ones, some with a lie each, and planted faults that have to be found. */
import { describe, expect, test } from 'vitest'
import type { PlantedFault } from './host-process.ts'
import { planOf } from './plan.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'

/** Another seed each day would find more, and fail on changes that have nothing to do with it. */
const FIRST = Number(process.env['VMS_SEED'] ?? 1)

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => FIRST + i)

test('500 histories of an honest host hold', { timeout: 300_000 }, async () => {
  let acknowledged = 0
  for (const seed of seeds(500)) {
    const ran = await simulate(planOf(seed))
    expect(ran.wrong, `npm run simulate -- --from ${seed} --seeds 1`).toBeNull()
    acknowledged += ran.acknowledged
  }
  // A simulation in which nothing happens finds nothing.
  expect(acknowledged).toBeGreaterThan(10_000)
})

test('100 histories with a lie are told at its place', { timeout: 120_000 }, async () => {
  for (const seed of seeds(100)) {
    const { wrong } = await simulate(planOf(seed, true))
    expect(wrong, `npm run simulate -- --lie --from ${seed} --seeds 1`).toBeNull()
  }
})

test('histories on the real machine and the real store hold', { timeout: 120_000 }, async () => {
  for (const seed of seeds(3)) {
    const { wrong } = await simulate(planOf(seed), { real: true })
    expect(wrong, `seed ${seed}`).toBeNull()
  }
})

test('a history is the same each time', async () => {
  for (const seed of seeds(5)) {
    const plan = planOf(seed)
    expect(await simulate(plan)).toEqual(await simulate(plan))
  }
})

describe('a planted fault is found within 500 histories, and its history gets shorter', () => {
  test.each<PlantedFault>(['reply before sync', 'epoch miscounted', 'alarm not consumed'])(
    '%s',
    { timeout: 300_000 },
    async (fault) => {
      for (const seed of seeds(500)) {
        const plan = planOf(seed)
        if ((await simulate(plan, { fault })).wrong === null) continue
        const fails = async (shorter: typeof plan) =>
          (await simulate(shorter, { fault })).wrong !== null
        const short = await shrink(plan, fails)
        expect(short.events.length).toBeLessThan(plan.events.length)
        expect((await simulate(short)).wrong).toBeNull()
        return
      }
      expect.unreachable('500 histories hold with the fault')
    },
  )
})
