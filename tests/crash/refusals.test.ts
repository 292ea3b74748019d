/** A host that is killed around a final refusal: the short form of `tests/long/refusals.test.ts`. */
import { expect, test } from 'vitest'
import { rounds } from '../harness/in-turn.ts'
import { refuseAndKill } from './final-refusals.ts'

const KILLS = rounds('kills', 5, 10)
const SEED = 3

test('what was refused for good never runs, and no refusal is contradicted, after some kills', {
  timeout: 180_000,
}, async () => {
  const story = await refuseAndKill(KILLS, SEED)
  console.log('killed around a final refusal:', story)
  expect(Object.values(story.kills)).toEqual(Array(5).fill(KILLS / 5))
  // A busy computer may kill some machines only after the call.
  expect(story.told).toBeGreaterThan(0)
})
