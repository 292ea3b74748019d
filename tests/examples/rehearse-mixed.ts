/** The mix of calls over all examples, rehearsed under every perturbation. */
import { readFileSync } from 'node:fs'
import { type RehearsalCall, type RehearsalReport, rehearse } from '@vms/auditor'
import { seededRandom } from '../harness/random.ts'
import { drawCall, EXAMPLE_NAMES, type ExampleName } from './mixed-calls.ts'

const FIRST_TIME = Date.UTC(2026, 0, 1)

/** Milliseconds between two calls, at most. */
const PAUSE_MS = 60_000

const CALLERS = ['debug:ann', 'debug:ben', 'debug:cat', 'debug:dan', 'debug:eve']

/** `count` calls, drawn from a seed, by example. */
export function drawMix(count: number, seed: number): Map<ExampleName, RehearsalCall[]> {
  const random = seededRandom(seed)
  const mix = new Map<ExampleName, RehearsalCall[]>(EXAMPLE_NAMES.map((name) => [name, []]))
  let time = FIRST_TIME
  for (let i = 0; i < count; i++) {
    const { example, method, args } = drawCall(random)
    time += random.below(PAUSE_MS)
    mix.get(example)?.push({ method, args, caller: random.pick(CALLERS), time })
  }
  return mix
}

export function rehearseExample(
  name: ExampleName,
  calls: readonly RehearsalCall[],
  onRun?: (perturbation: string | null) => void,
): Promise<RehearsalReport> {
  const url = new URL(`../../examples/${name}.js`, import.meta.url)
  return rehearse({
    script: { name: `${name}.js`, source: readFileSync(url, 'utf8') },
    time: FIRST_TIME,
    plan: () => calls,
    onProgress: ({ perturbation }) => onRun?.(perturbation),
  })
}
