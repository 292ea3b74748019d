/** One script for each way to see time, chance, memory, the engine, the locale or an order: the same whatever is done to the machine. */
import { describe, expect, it } from 'vitest'
import { testInTurn } from '../../../../tests/harness/in-turn.ts'
import { perturbationsHere, perturbed } from '../../src/parent/perturbations.ts'
import { names, outcomes } from './outcomes.ts'

const test = testInTurn(5)
const plain = await outcomes({ service: { callWallMs: 60_000 } })
const ways = await perturbationsHere()

describe('scripts that look for a leak', () => {
  it('are many, and each comes to an end of its own', () => {
    expect(names.length).toBeGreaterThanOrEqual(120)
    for (const name of names) {
      expect(plain[name], name).toMatch(/^(returned|thrown|aborted) for/)
    }
  })

  it('see no word of the engine', () => {
    for (const name of names) {
      expect(plain[name], name).not.toMatch(
        /Cannot |is not defined|not a function|Unexpected|\bat .*:\d+:\d+|vms:|script\.js/,
      )
    }
  })

  for (const how of ways) {
    test(`see the same ${how.name}`, async () => {
      expect(await outcomes(perturbed({ service: { callWallMs: 60_000 } }, how))).toEqual(plain)
    })
  }
})
