/** Generated programs cost the same, and do the same, whatever compiles them. The long form of this test runs thousands of others. */
import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallResult } from '../../src/index.ts'
import { Bench } from '../bench.ts'
import { program } from './programs.ts'
import { maglev, sparkplug, turbofan } from './tiers.ts'

const long = process.env['VMS_LONG'] === '1'
const flags = [[], ['--jitless'], [...sparkplug, '--stack-size=5904'], maglev, turbofan]
const programsPerScript = 50

describe('fuel', () => {
  it('of a program is the same on every tier of the compiler', {
    timeout: 30 * 60_000,
  }, async () => {
    const sample = long ? { numRuns: 2_000 } : { numRuns: 50, seed: 20_260_102 }
    const programs = fc.sample(program, sample).filter(compiles)
    expect(programs.length).toBeGreaterThan(sample.numRuns / 2)
    for (let i = 0; i < programs.length; i += programsPerScript) {
      await compare(programs.slice(i, i + programsPerScript))
    }
  })
})

async function compare(programs: readonly string[]): Promise<void> {
  const script = programs.map(method).join('\n')
  let plain: CallResult[] | null = null
  for (const execArgv of flags) {
    const results = await runAll(script, programs.length, execArgv)
    plain ??= results
    for (const [i, result] of results.entries()) {
      expect(result.fuel, programs[i]).toBeGreaterThan(0)
      expect(result, `${execArgv.join(' ')}\n${programs[i]}`).toEqual(plain[i])
    }
  }
}

const method = (source: string, i: number) => `
  exports.p${i} = () => {
    const printed = []
    const print = (line) => { printed.push(line) }
    ${source}
    return printed
  }`

async function runAll(
  script: string,
  count: number,
  execArgv: readonly string[],
): Promise<CallResult[]> {
  const limits = { fuelPerCall: 1_000_000 }
  const bench = await Bench.booted(script, {
    execArgv: [...execArgv],
    limits,
    service: { callWallMs: 60_000 },
  })
  const results: CallResult[] = []
  for (let i = 0; i < count; i++) {
    const { done, stop } = await bench.run([`p${i}`])
    results.push(done[0]?.results[0] as CallResult)
    if (stop !== null) await bench.boot()
  }
  await bench.close()
  return results
}

function compiles(source: string): boolean {
  try {
    vm.compileFunction(`'use strict'\n${source}`)
    return true
  } catch {
    return false
  }
}
