/** One script for each way to see time, chance, memory, the engine, the locale or an order: the same whatever is done to the machine. */
import { describe, expect, it } from 'vitest'
import { perturbationsHere, perturbed } from '../../src/perturbations.ts'
import type { CallResult } from '../../src/types.ts'
import { Bench, type BenchOptions } from '../bench.ts'
import { chance } from './chance.ts'
import { engine } from './engine.ts'
import { time } from './time.ts'
import { values } from './values.ts'

const bodies: Readonly<Record<string, string>> = { ...time, ...chance, ...engine, ...values }
const names = Object.keys(bodies)
const script = `
const attempt = (run) => { try { return run() } catch (error) { return error.name + ': ' + error.message } }
const attempt2 = (run) => { try { run() } catch (error) { return error } }
${names.map((name) => `exports[${JSON.stringify(name)}] = async () => { ${bodies[name]} }`).join('\n')}
`

/** Of one call each. An abort is an end like any other; a boot comes after it. */
async function outcomes(options: BenchOptions): Promise<CallResult[]> {
  const bench = await Bench.booted(script, options)
  const results: CallResult[] = []
  while (results.length < names.length) {
    const calls = names.slice(results.length).map((name): [string] => [name])
    const { done, stop } = await bench.run(...calls)
    if (stop?.kind === 'refused') throw new Error(`refused: ${JSON.stringify(stop)}`)
    results.push(...(done[0]?.results ?? []).filter(({ status }) => status !== 'skipped'))
    if (stop !== null) await bench.boot()
  }
  await bench.close()
  return results
}

function textOf({ value, error, abort, status, fuel }: CallResult): string {
  const text = value === null ? JSON.stringify(error ?? abort) : Buffer.from(value).toString()
  return `${status} for ${fuel}: ${text}`
}

const plain = await outcomes({ service: { callWallMs: 60_000 } })
const ways = await perturbationsHere()

describe('scripts that look for a leak', () => {
  it('are many, and each comes to an end of its own', () => {
    expect(names.length).toBeGreaterThanOrEqual(120)
    for (const [i, name] of names.entries()) {
      expect(plain[i]?.status, `${name}: ${JSON.stringify(plain[i])}`).toMatch(
        /^(returned|thrown|aborted)$/,
      )
    }
  })

  it('see no word of the engine', () => {
    for (const [i, name] of names.entries()) {
      expect(textOf(plain[i] as CallResult), name).not.toMatch(
        /Cannot |is not defined|not a function|Unexpected|at .*:\d+:\d+|vms:|script\.js/,
      )
    }
  })

  for (const how of ways) {
    it(`see the same ${how.name}`, async () => {
      const results = await outcomes(perturbed({ service: { callWallMs: 60_000 } }, how))
      const seen = Object.fromEntries(
        names.map((name, i) => [name, textOf(results[i] as CallResult)]),
      )
      expect(seen).toEqual(
        Object.fromEntries(names.map((name, i) => [name, textOf(plain[i] as CallResult)])),
      )
    })
  }
})
