/**
 * What a host of many services costs: memory for each one that sleeps, how long a call takes that wakes one, and how
 * long one takes where several are active at one time. The host runs in a process of its own; memory is its resident set, without
 * its children unless said.
 *
 *   node bench/many.ts [--services 200] [--wakes 20]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connect } from '@vms/client'
import { type Running, run } from './process.ts'

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '200' },
    wakes: { type: 'string', default: '20' },
  },
})
const SERVICES = Number(values.services)
const WAKES = Math.min(Number(values.wakes), SERVICES)

/** Milliseconds after which a service sleeps: short, so that the benchmark is. */
const IDLE_MS = 1_000

/** Milliseconds for which the chosen services are called all at one time, and of rest between two calls of one. */
const ACTIVE_MS = 10_000
const PAUSE_MS = 250

/** Milliseconds for memory to come to rest. */
const REST_MS = 3_000

const source = readFileSync(new URL('../examples/keyserver.js', import.meta.url), 'utf8')
const program = new URL('many-host.ts', import.meta.url).pathname

const dir = mkdtempSync(join(tmpdir(), 'vms-bench-many-'))
const start = (): Promise<Running> => run([program, dir, String(IDLE_MS)])

const ownMiB = (pid: number): number => {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1_024
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

const summary = (numbers: number[]): string =>
  `median ${median(numbers).toFixed(0)} ms, most ${Math.max(...numbers).toFixed(0)} ms`

type Client = Awaited<ReturnType<typeof connect<Record<string, (...args: unknown[]) => unknown>>>>

const open = (url: unknown, id: string): Promise<Client> =>
  connect<Record<string, (...args: unknown[]) => unknown>>(`${url}/${id}`, { timeout: 60_000 })

/** Resolves when no service is awake. */
async function asleep(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url.replace('ws', 'http')}/.well-known/vms.json`)
    const { services } = (await response.json()) as { services: { awake: boolean }[] }
    if (!services.some(({ awake }) => awake)) return
    await sleep(100)
  }
}

let host = await start()
await sleep(REST_MS)
const emptyMiB = ownMiB(host.pid)
const provisioning = await open(host.ready['url'], String(host.ready['provisioning']))
const ids: string[] = []
const begun = performance.now()
for (let i = 0; i < SERVICES; i++) {
  const wanted = { name: 'keyserver.js', title: `Keys ${i}`, source }
  const { id } = (await provisioning.$call('deploy', [wanted])) as { id: string }
  ids.push(id)
}
const deployMs = (performance.now() - begun) / SERVICES
provisioning.$close()
await host.stop()

host = await start()
const url = String(host.ready['url'])
await sleep(REST_MS)
const fullMiB = ownMiB(host.pid)
const chosen = ids.slice(0, WAKES)

const connecting: number[] = []
const clients: Client[] = []
for (const id of chosen) {
  const from = performance.now()
  const client = await open(url, id)
  await client['users']?.()
  connecting.push(performance.now() - from)
  clients.push(client)
}
await asleep(url)
const waking: number[] = []
const awake: number[] = []
for (const client of clients) {
  const from = performance.now()
  await client['users']?.()
  waking.push(performance.now() - from)
  const again = performance.now()
  await client['users']?.()
  awake.push(performance.now() - again)
  // The process that is kept ready for the next machine has the time to start.
  await sleep(1_000)
}
await asleep(url)
const active: number[] = []
const until = performance.now() + ACTIVE_MS
let activeMiB = 0
await Promise.all(
  clients.map(async (client) => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      await client['users']?.()
      active.push(performance.now() - now)
      activeMiB = Math.max(activeMiB, host.residentMiB())
      await sleep(PAUSE_MS)
    }
  }),
)
await asleep(url)
await sleep(REST_MS)
const afterMiB = ownMiB(host.pid)
for (const client of clients) client.$close()
await host.stop()
rmSync(dir, { recursive: true, force: true })

const each = ((fullMiB - emptyMiB) * 1_024) / SERVICES
console.log(`${SERVICES} services deployed, ${deployMs.toFixed(0)} ms each`)
console.log(`host without services   ${emptyMiB.toFixed(1)} MiB`)
console.log(
  `started again with all  ${fullMiB.toFixed(1)} MiB: ${each.toFixed(0)} KiB for each that sleeps`,
)
console.log(`after ${WAKES} were awake   ${afterMiB.toFixed(1)} MiB`)
console.log(`start to ready          ${host.readyMs.toFixed(0)} ms`)
console.log(`connect and call, asleep: ${summary(connecting)}`)
console.log(`call, asleep:             ${summary(waking)}`)
console.log(`call, awake:              ${summary(awake)}`)
console.log(
  `call, ${WAKES} active at once:  ${summary(active)}, ${active.length} calls, ${activeMiB.toFixed(0)} MiB with all machines`,
)
