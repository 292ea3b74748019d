/** Hundreds of mixed calls of the examples, the same under every perturbation. tests/long has the hundred thousand. */
import { perturbations } from '@vms/sandbox'
import { expect } from 'vitest'
import { rounds, testInTurn } from '../harness/in-turn.ts'
import { EXAMPLE_NAMES } from './mixed-calls.ts'
import { drawMix, rehearseExample } from './rehearse-mixed.ts'

const CALLS = rounds('calls', 250, 1_000)
const SEED = 2_017

const mix = drawMix(CALLS, SEED)

testInTurn(EXAMPLE_NAMES.length).each(EXAMPLE_NAMES)(
  '%s',
  async (name) => {
    const calls = mix.get(name) ?? []
    const { plain, agreed, difference, unclear } = await rehearseExample(name, calls)
    expect(difference).toBeNull()
    expect(unclear).toEqual([])
    expect(agreed).toEqual(perturbations.map(({ name }) => name))
    expect(plain.results).toHaveLength(calls.length)
    const statuses = new Set(plain.results.map(({ outcome }) => outcome.status))
    expect(statuses).toEqual(new Set(['returned', 'thrown']))
  },
  120_000,
)
