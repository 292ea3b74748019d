/**
 * A host that is killed fifty times, under load and while it starts. `VMS_SEED` repeats a run that failed; `VMS_KILLS`
 * takes another number.
 */
import { expect, test } from 'vitest'
import { survive } from '../crash/survival.ts'

const KILLS = Number(process.env['VMS_KILLS'] ?? 50)
const SEED = Number(process.env['VMS_SEED'] ?? 20_261_122)

test(`nothing that was acknowledged is missing after ${KILLS} kills, nothing ran twice, and it verifies`, async () => {
  console.log(`VMS_SEED=${SEED}`)
  const story = await survive(KILLS, SEED)
  console.log('killed under load:', story)
  expect(story.kills.starting + story.kills.loaded).toBe(KILLS)
})
