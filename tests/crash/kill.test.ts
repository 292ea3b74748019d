/** A host that is killed under load: the short form of `tests/long/crash.test.ts`. */
import { expect, test } from 'vitest'
import { survive } from './survival.ts'

const KILLS = 7
const SEED = 9

test('nothing that was acknowledged is missing after seven kills, nothing ran twice, and it verifies', { timeout: 300_000 }, async () => {
  const story = await survive(KILLS, SEED)
  console.log('killed under load:', story)
  expect(story.kills.starting + story.kills.loaded).toBe(KILLS)
})
