/** A host of many that is killed during deploys: the short form of `tests/long/deploy-crash.test.ts`. */
import { expect, test } from 'vitest'
import { rounds } from '../harness/in-turn.ts'
import { killDuringDeploys } from './deploys.ts'

const KILLS = rounds('kills', 2, 4)
const SEED = 4

test('every acknowledged deploy and call is there after some kills, nothing half-made, and all of it verifies', {
  timeout: 300_000,
}, async () => {
  const story = await killDuringDeploys(KILLS, SEED)
  console.log('killed during deploys:', story)
  expect(story.deployed).toBeGreaterThan(0)
})
