/** The scripts that look for a leak, one method each, and what they come to on a machine. */
import type { CallResult } from '../../src/protocol/types.ts'
import { Bench, type BenchOptions } from '../bench.ts'
import { chance } from './chance.ts'
import { engine } from './engine.ts'
import { floats } from './floats.ts'
import { odd } from './odd.ts'
import { time } from './time.ts'
import { values } from './values.ts'

const bodies: Readonly<Record<string, string>> = {
  ...time,
  ...chance,
  ...engine,
  ...floats,
  ...values,
  ...odd,
}
export const names = Object.keys(bodies)
const script = `
const attempt = (run) => { try { return run() } catch (error) { return error.name + ': ' + error.message } }
const attempt2 = (run) => { try { run() } catch (error) { return error } }
${names.map((name) => `exports[${JSON.stringify(name)}] = async () => { ${bodies[name]} }`).join('\n')}
`

/** Name → what came of one call of it. An abort is an end like any other; a boot comes after it. */
export async function outcomes(options: BenchOptions): Promise<Record<string, string>> {
  const bench = await Bench.booted(script, options)
  const results: CallResult[] = []
  while (results.length < names.length) {
    const calls = names.slice(results.length).map((name): [string] => [name])
    const { done, stop } = await bench.run(...calls)
    if (stop?.kind === 'refused') {
      throw new Error(`${names[results.length]} or later: refused: ${JSON.stringify(stop)}`)
    }
    results.push(...(done[0]?.results ?? []).filter(({ status }) => status !== 'skipped'))
    if (stop !== null) await bench.boot()
  }
  await bench.close()
  return Object.fromEntries(names.map((name, i) => [name, textOf(results[i] as CallResult)]))
}

function textOf({ value, error, abort, status, fuel }: CallResult): string {
  const text = value === null ? JSON.stringify(error ?? abort) : Buffer.from(value).toString()
  return `${status} for ${fuel}: ${text}`
}
