/**
 * A hundred thousand mixed calls of the examples, the same under every perturbation. `VMS_SEED` takes another mix, `VMS_CALLS`
 * another number.
 */
import { perturbations } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { EXAMPLE_NAMES } from '../examples/mixed-calls.ts'
import { drawMix, rehearseExample } from '../examples/rehearse-mixed.ts'

const CALLS = Number(process.env['VMS_CALLS'] ?? 100_000)
const SEED = Number(process.env['VMS_SEED'] ?? 20_261_122)

/** Milliseconds for one example: nineteen runs of a fifth of the calls, some of them very slow. */
const LIMIT_MS = 60 * 60_000

const mix = drawMix(CALLS, SEED)

test.each(EXAMPLE_NAMES)(
  '%s',
  async (name) => {
    const calls = mix.get(name) ?? []
    const begun = performance.now()
    const { plain, agreed, difference, unclear } = await rehearseExample(name, calls, (how) => {
      const seconds = Math.round((performance.now() - begun) / 1_000)
      console.log(
        `VMS_SEED=${SEED} ${name}, ${calls.length} calls, ${seconds} s: ${how ?? 'plain'}`,
      )
    })
    expect(difference).toBeNull()
    expect(unclear).toEqual([])
    expect(agreed).toEqual(perturbations.map(({ name }) => name))
    expect(plain.results).toHaveLength(calls.length)
  },
  LIMIT_MS,
)
