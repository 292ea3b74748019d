/**
 * A host that is killed a hundred times around final refusals. `VMS_SEED` repeats the plan of a run that failed; `VMS_KILLS` takes
 * another number.
 */
import { expect, test } from 'vitest'
import { refuseAndKill } from '../crash/final-refusals.ts'

const KILLS = Number(process.env['VMS_KILLS'] ?? 100)
const SEED = Number(process.env['VMS_SEED'] ?? 20_261_201)

test(`what was refused for good never runs, and no refusal is contradicted, after ${KILLS} kills`, async () => {
  console.log(`VMS_SEED=${SEED}`)
  const story = await refuseAndKill(KILLS, SEED)
  console.log('killed around a final refusal:', story)
  expect(Object.values(story.kills).reduce((sum, count) => sum + count)).toBe(KILLS)
})
