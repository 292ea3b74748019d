/**
 * A host of many that is killed two hundred times, during deploys, calls, alarms, upgrades and removals. `VMS_SEED` repeats a
 * run that failed; `VMS_KILLS` takes another number.
 */
import { expect, test } from 'vitest'
import { killDuringDeploys } from '../crash/deploys.ts'

const KILLS = Number(process.env['VMS_KILLS'] ?? 200)
const SEED = Number(process.env['VMS_SEED'] ?? 20_261_123)

test(`every acknowledged deploy and call is there after ${KILLS} kills, nothing half-made, and all of it verifies`, async () => {
  console.log(`VMS_SEED=${SEED}`)
  const begun = performance.now()
  const story = await killDuringDeploys(KILLS, SEED, (kill, answered) => {
    const seconds = Math.round((performance.now() - begun) / 1_000)
    console.log(`${kill} of ${KILLS} kills, ${answered} answered, ${seconds} s`)
  })
  console.log('killed during deploys:', story)
  expect(story.answered).toBeGreaterThan(KILLS / 3)
})
