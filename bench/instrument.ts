/**
 * What instrumentation costs: ordinary work in an isolate, instrumented and bare, in turns. The middle round counts.
 *
 *   node --no-node-snapshot --single-threaded bench/instrument.ts [--rounds 5] [--only name]
 *
 * Time of the processor, and V8 on one thread, so that other work of the computer does not count.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type CellResult, runInCell } from '../packages/sandbox/test/transform/cell.ts'
import { workloads } from './workloads.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
})
const rounds = Number(values.rounds)
/** Runs in one isolate: the compiler is at work beside the first ones. */
const times = 24

const ratios: number[] = []
process.stdout.write(
  'workload                        bare ms   instrumented ms   ratio       fuel   ns per unit\n',
)
for (const [name, source] of Object.entries(workloads)) {
  if (!name.includes(values.only)) continue
  const bare: CellResult[] = []
  const instrumented: CellResult[] = []
  for (let i = 0; i < rounds; i++) {
    bare.push(runInCell(source, { instrumented: false, timeoutMs: 60_000, times }))
    instrumented.push(runInCell(source, { instrumented: true, timeoutMs: 60_000, times }))
  }
  const [first] = bare
  const [paid] = instrumented
  if (first === undefined || paid === undefined) continue
  if (String(first.printed) !== String(paid.printed) || first.printed.length === 0) {
    throw new Error(
      `${name}: ${String(first.printed)} bare, ${paid.end} ${paid.message} ${String(paid.printed)} instrumented`,
    )
  }
  const ms = middle(bare)
  const msPaid = middle(instrumented)
  // One that no function is called in and nothing is made says what a turn costs, and not what a script costs.
  if (name !== 'tight loop') ratios.push(msPaid / ms)
  const cells = [
    ms.toFixed(1).padStart(10),
    msPaid.toFixed(1).padStart(18),
    (msPaid / ms).toFixed(2).padStart(8),
  ]
  const perUnit = ((msPaid * 1e6) / paid.fuel).toFixed(2)
  process.stdout.write(
    `${name.padEnd(30)}${cells.join('')}${String(paid.fuel).padStart(11)}${perUnit.padStart(14)}\n`,
  )
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
process.stdout.write(`geometric mean ${mean.toFixed(3)}, worst ${Math.max(...ratios).toFixed(2)}\n`)

function middle(results: readonly CellResult[]): number {
  const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
