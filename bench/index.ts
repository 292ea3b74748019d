/**
 * The benchmark: calls per second and latency of a host, beside the composed floor in the same run; then how fast what
 * they left is replayed. Rounds of all sides are interleaved and the middle one counts. Compare ratios, not runs.
 *
 *   npm run bench [-- --rounds 3]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { audit, Ledger, sodiumCrypto } from '@vms/auditor'
import { connect } from '@vms/client'
import { connectFloor } from './floor-client.ts'
import { type Load, type Measured, measure, median } from './load.ts'
import { type Running, run } from './process.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })
const ROUNDS = Number(values.rounds)

const file = (name: string): string => new URL(name, import.meta.url).pathname

interface Side {
  readonly name: string
  readonly load: Load
  readonly call: () => Promise<unknown>
}

const SEQUENTIAL: Load = { calls: 500, inFlight: 1 }
const TOGETHER: Load = { calls: 10_000, inFlight: 1_000 }

const directory = await mkdtemp(path.join(os.tmpdir(), 'vms-bench-'))
const service = path.join(directory, 'service')
const vms = file('../packages/cli/bin/vms.js')
const host = await run([
  vms,
  'exec',
  file('scripts/counter.js'),
  '--dir',
  service,
  '-p',
  '0',
  '--no-swarm',
  '--json',
])
const floor = await run([file('floor.ts'), path.join(directory, 'floor')])
const idleMiB = host.residentMiB()
const packed = await connect(String(host.ready['url']), { timeout: 60_000 })
const single = await connect(String(host.ready['url']), { timeout: 60_000, requestCalls: 1 })
const floorClient = await connectFloor(Number(floor.ready['port']))
const method = (client: typeof packed, name: string) => (): Promise<unknown> =>
  client.$call(name, [])

const sides: Side[] = [
  { name: 'host, in memory, one at a time', load: SEQUENTIAL, call: method(packed, 'count') },
  { name: 'host, one file written, one at a time', load: SEQUENTIAL, call: method(packed, 'save') },
  { name: 'floor, in memory, one at a time', load: SEQUENTIAL, call: floorClient.call },
  {
    name: 'host, in memory, 1,000 in flight, a signature per call',
    load: TOGETHER,
    call: method(single, 'count'),
  },
  {
    name: 'host, one file written, 1,000 in flight, a signature per call',
    load: TOGETHER,
    call: method(single, 'save'),
  },
  {
    name: 'floor, in memory, 1,000 in flight, a signature per call',
    load: TOGETHER,
    call: floorClient.call,
  },
  {
    name: 'host, in memory, 1,000 in flight, packed',
    load: TOGETHER,
    call: method(packed, 'count'),
  },
  {
    name: 'host, one file written, 1,000 in flight, packed',
    load: TOGETHER,
    call: method(packed, 'save'),
  },
]

const rounds = new Map<string, Measured[]>(sides.map(({ name }) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, load, call } of sides) {
    process.stderr.write(`round ${round + 1} of ${ROUNDS}: ${name}\n`)
    rounds.get(name)?.push(await measure(call, load))
  }
}
const busyMiB = host.residentMiB()
packed.$close()
single.$close()
floorClient.close()
await Promise.all([host, floor].map((running: Running) => running.stop()))

process.stderr.write('replaying\n')
const ledger = await Ledger.open(service, { crypto: sodiumCrypto, readOnly: true })
const report = await audit({ ledger })
await ledger.close()
await rm(directory, { recursive: true, force: true })

const [cpu] = os.cpus()
const text = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
console.log(
  `${os.cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${text(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.version}`,
)
console.log(`median of ${ROUNDS} rounds; client, host and floor share the machine\n`)
console.log('| side | calls/s | p50 ms | p99 ms |')
console.log('|---|---:|---:|---:|')
for (const { name } of sides) {
  const { perSecond, p50Ms, p99Ms } = median(rounds.get(name) ?? [])
  console.log(`| ${name} | ${text(perSecond)} | ${text(p50Ms, 2)} | ${text(p99Ms, 2)} |`)
}
const replayed = report.calls / (report.elapsedMs / 1_000)
console.log(
  `| replay of all of it (${text(report.calls)} calls, ${text(report.entries)} entries): ${report.verdict} | ${text(replayed)} | | |`,
)
console.log(
  `\nhost: ready after ${text(host.readyMs)} ms; ${text(idleMiB)} MiB idle, ${text(busyMiB)} MiB after the load (machine's process included)`,
)
