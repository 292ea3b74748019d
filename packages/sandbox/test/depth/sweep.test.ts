/** A part of the sweep over everything that may nest; the long sweep beside this takes all of it, in every tier. */
import { expect } from 'vitest'
import { testInTurn } from '../../../../tests/harness/in-turn.ts'
import { sweep } from './sweep.ts'

const test = testInTurn(3)

for (const link of ['itself', 'closure', 'bound'] as const) {
  test(`nests built-ins by way of ${link}, and depth ends them before the stack does`, {
    timeout: 240_000,
  }, async () => {
    const { functions, nests, deep, overflows } = await sweep({ link, place: 'open', every: 29 })
    expect(overflows).toEqual([])
    expect(functions).toBeGreaterThan(800)
    expect(nests).toBeGreaterThan(20)
    expect(deep.length).toBeGreaterThan(2)
  })
}
