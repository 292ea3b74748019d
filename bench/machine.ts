/**
 * What a machine costs: how long one takes to start, how much memory it holds, and what a call costs above the script's own
 * work. Fastest and median of several rounds; compare ratios, not runs.
 *
 *   node bench/machine.ts [--rounds 15]
 */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  defaultMachineLimits,
  defaultProcessLimits,
  encodeJson,
  jsonCodec,
  Machine,
  type MachineRequest,
  MemoryFiles,
  WarmProcess,
} from '@vms/sandbox'
import { setup } from '../scripts/bundle-child.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const ROUNDS = Number(values.rounds)

/** Requests handed over together, and calls in each: callers of their own, and one who packs calls into a request. */
const BATCHES: readonly Batch[] = [
  { requests: 1, calls: 1 },
  { requests: 10, calls: 1 },
  { requests: 100, calls: 1 },
  { requests: 1, calls: 100 },
]

interface Batch {
  readonly requests: number
  readonly calls: number
}

/** Milliseconds for a process that is kept ready to have started. */
const SPARE_MS = 1_000

/** Batches of each size per round. */
const REPEATS = 40

const SCRIPT = `
exports.nothing = () => null
exports.save = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}
exports.init = () => System.files.writeFile('/count', '0')
`

const seed = new Uint8Array(32)
const args = encodeJson([])

interface Started {
  readonly machine: Machine
  readonly files: MemoryFiles
  /** Milliseconds from the spawn to the first word of the process, and from there to the end of the boot. */
  readonly spawnMs: number
  readonly bootMs: number
}

async function start(spare?: WarmProcess): Promise<Started> {
  const begun = performance.now()
  const files = new MemoryFiles()
  const machine = await Machine.start(
    {
      script: SCRIPT,
      name: 'bench.js',
      codec: jsonCodec,
      limits: defaultMachineLimits,
      files,
      info: { title: '', key: '' },
    },
    spare,
  )
  const ready = performance.now()
  await machine.boot({ position: 0, time: 0, seed })
  return { machine, files, spawnMs: ready - begun, bootMs: performance.now() - ready }
}

/** Mebibytes that are the process's own, and those that it shares with others of the same program. */
function memoryOf(pid: number | undefined): { own: number; shared: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kibibytes = (name: string): number =>
    [...rollup.matchAll(new RegExp(`^${name}:\\s+(\\d+)`, 'gm'))].reduce(
      (sum, [, digits]) => sum + Number(digits),
      0,
    )
  return { own: kibibytes('Private_.*') / 1_024, shared: kibibytes('Shared_.*') / 1_024 }
}

/** Microseconds per call. */
async function callMicros({ machine, files }: Started, method: string, batch: Batch, from: number) {
  let position = from
  let micros = 0
  for (let i = 0; i < REPEATS; i++) {
    const requests: MachineRequest[] = Array.from({ length: batch.requests }, () => ({
      position: position++,
      time: position,
      caller: 'debug:bench',
      calls: Array.from({ length: batch.calls }, () => ({ method, args, seed })),
    }))
    const begun = performance.now()
    const { done } = await machine.run(requests)
    micros += (performance.now() - begun) * 1_000
    if (done.length !== batch.requests) throw new Error('the machine refused')
    for (const { results } of done)
      for (const { changes } of results) files.commit(changes, position)
    machine.committed(position)
  }
  return { micros: micros / (REPEATS * batch.requests * batch.calls), position }
}

const middle = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

const text = (value: number, digits = 1): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })

await setup()
const starts: Started[] = []
const spareStarts: Started[] = []
for (let round = 0; round < ROUNDS; round++) {
  const started = await start()
  starts.push(started)
  await started.machine.close()
  const spare = new WarmProcess(defaultProcessLimits.memoryMiB)
  await sleep(SPARE_MS)
  const again = await start(spare)
  spareStarts.push(again)
  await again.machine.close()
  await spare.close()
}

const started = await start()
await started.machine.init({ position: 1, time: 0, seed })
const idle = memoryOf(started.machine.pid)
let position = 2
const rows: string[] = []
for (const method of ['nothing', 'save']) {
  for (const batch of BATCHES) {
    const micros: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const measured = await callMicros(started, method, batch, position)
      position = measured.position
      micros.push(measured.micros)
    }
    const what = method === 'nothing' ? 'does nothing' : 'reads and writes one file'
    const fastest = text(Math.min(...micros))
    rows.push(
      `| a call that ${what}, ${batch.calls} in each of ${batch.requests} | ${fastest} µs, ${text(middle(micros))} µs |`,
    )
  }
}
const busy = memoryOf(started.machine.pid)
await started.machine.close()

const [cpu] = os.cpus()
console.log(
  `${os.cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${os.type()} ${os.release()}, Node ${process.version}, load ${text(os.loadavg()[0] ?? 0)}`,
)
console.log(`median of ${ROUNDS} rounds\n`)
console.log('| what | |')
console.log('|---|---:|')
const both = ({ spawnMs, bootMs }: Started): number => spawnMs + bootMs
const total = starts.map(both)
const withSpare = spareStarts.map(both)
console.log(
  `| from the spawn to the process's first word | ${text(middle(starts.map(({ spawnMs }) => spawnMs)))} ms |`,
)
console.log(`| first boot | ${text(middle(starts.map(({ bootMs }) => bootMs)))} ms |`)
console.log(
  `| both, fastest and middle | ${text(Math.min(...total))} ms, ${text(middle(total))} ms |`,
)
console.log(
  `| both with a process that was kept ready, as a host of many does | ${text(Math.min(...withSpare))} ms, ${text(middle(withSpare))} ms |`,
)
console.log(
  `| memory of its own, and shared with others: after the boot | ${text(idle.own)} MiB, ${text(idle.shared)} MiB |`,
)
console.log(`| after all the calls | ${text(busy.own)} MiB, ${text(busy.shared)} MiB |`)
for (const row of rows) console.log(row)
