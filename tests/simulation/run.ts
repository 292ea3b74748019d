/**
 * Runs simulated histories, and prints the shortest form of the first that fails. Exits with 1 then.
 *
 *     npm run simulate -- [--seeds 20000] [--from 1] [--lie] [--fault "reply before sync"]
 */
import { parseArgs } from 'node:util'
import type { PlantedFault } from './host-process.ts'
import { type Plan, planOf } from './plan.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'

const FAULTS: readonly PlantedFault[] = [
  'reply before sync',
  'epoch miscounted',
  'alarm not consumed',
]

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    lie: { type: 'boolean', default: false },
    fault: { type: 'string' },
  },
})
const fault = FAULTS.find((name) => name === values.fault) ?? null
if (values.fault !== undefined && !fault)
  throw new RangeError(`--fault is one of ${FAULTS.map((name) => JSON.stringify(name)).join(', ')}`)
const [seeds, from] = [Number(values.seeds), Number(values.from)]
if (![seeds, from].every((number) => Number.isSafeInteger(number) && number >= 0))
  throw new RangeError('--seeds and --from are whole numbers')

const begun = performance.now()
let acknowledged = 0
for (let seed = from; seed < from + seeds; seed++) {
  const plan = planOf(seed, values.lie)
  const ran = await simulate(plan, { fault })
  acknowledged += ran.acknowledged
  if (ran.wrong) {
    await tell(plan, ran.wrong)
    process.exitCode = 1
    break
  }
  const done = seed - from + 1
  if (done % 1_000 === 0) console.error(`${done} of ${seeds} histories`)
}
if (process.exitCode === undefined) {
  const seconds = (performance.now() - begun) / 1_000
  console.log(
    `${seeds} histories with ${acknowledged} acknowledged requests hold (${seconds.toFixed(0)} s)`,
  )
}

async function tell(plan: Plan, wrong: string): Promise<void> {
  console.log(`seed ${plan.seed}: ${wrong}`)
  const short = await shrink(
    plan,
    async (shorter) => (await simulate(shorter, { fault })).wrong !== null,
  )
  const { wrong: still, ledgers } = await simulate(short, { fault })
  console.log(`the shortest history that fails (${still}):`)
  console.log(JSON.stringify(short, null, 2))
  for (const [service, lines] of ledgers.entries())
    console.log(`ledger of service ${service}:\n  ${lines.join('\n  ')}`)
}
