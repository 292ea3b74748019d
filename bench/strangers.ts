/**
 * Measures what strangers cost a host and its polite callers: for each attack the host's largest resident memory, the median time of
 * a polite call to the attacked service and to another one, beside both before the attack, and how long a new visitor
 * waits for its first answer. Host, strangers and polite callers are processes of their own; the host is a new one for each.
 *
 *   node bench/strangers.ts [--calls 40] [--files 1024] [attack…]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connect } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import createTestnet from 'hyperdht/testnet.js'
import { run } from './process.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: 'string', default: '40' },
    files: { type: 'string', default: '1024' },
  },
})
const CALLS = Number(values.calls)

/** Milliseconds between two polite calls. */
const PAUSE_MS = 20

/** Milliseconds for an attack to be in full swing. */
const SWING_MS = 3_000

/** Milliseconds that a polite call may take. */
const PATIENCE_MS = 10_000

/** Its answers have 200 kB, so that 20,000 of them have 4 GB. */
const SCRIPT = `
exports.init = async () => System.files.writeFile('/count', '0')
exports.big = async () => 'x'.repeat(200_000)
exports.add = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}`

/** Sockets of the attacks that take all there are. */
const SOCKETS: Record<string, number> = { silent: 10_000, plain: 20_000 }

type Client = Awaited<ReturnType<typeof connect<Record<string, (...args: unknown[]) => unknown>>>>

const programOf = (name: string): string => new URL(name, import.meta.url).pathname

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

const open = (url: string): Promise<Client> =>
  connect(url, { key: sodiumCrypto.keyPair(), timeout: PATIENCE_MS })

async function politeMs(client: Client): Promise<string> {
  const tookMs: number[] = []
  const end = performance.now() + 2 * PATIENCE_MS
  for (let i = 0; i < CALLS && performance.now() < end; i++) {
    const begun = performance.now()
    try {
      await client.$call('add')
      tookMs.push(performance.now() - begun)
    } catch {
      tookMs.push(Number.POSITIVE_INFINITY)
    }
    await sleep(PAUSE_MS)
  }
  return `${median(tookMs).toFixed(1)} (at most ${Math.max(...tookMs).toFixed(0)}) ms`
}

async function firstAnswerMs(url: string): Promise<string> {
  const begun = performance.now()
  try {
    const client = await open(url)
    await client.$call('add')
    client.$close()
    return `${(performance.now() - begun).toFixed(0)} ms`
  } catch (error) {
    return `none (${(error as Error).message})`
  }
}

/** Entries of a service, as its host says. */
async function lengthOf(url: string, id: string): Promise<number> {
  const said = await fetch(`${url.replace('ws', 'http')}/.well-known/vms.json`)
  const { services } = (await said.json()) as { services: { id: string; length: number }[] }
  return services.find((service) => service.id === id)?.length ?? 0
}

/** The largest resident memory of the process alone so far, in MiB; null once it has ended. */
function peakMiB(pid: number): number | null {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
  } catch {
    return null
  }
}

async function under(attack: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'vms-bench-strangers-'))
  const testnet = attack === 'dht' ? await createTestnet(3) : null
  const node = testnet?.bootstrap.map(({ host, port }) => `${host}:${port}`)[0] ?? ''
  const files = attack === 'plain' ? Number(values.files) : undefined
  const host = await run([programOf('many-host.ts'), dir, '60000', node], files)
  const url = String(host.ready['url'])
  const provisioning = await open(`${url}/${host.ready['provisioning']}`)
  const deploy = async (): Promise<string> => {
    const wanted = { name: 'a.js', title: 'A', source: SCRIPT }
    return ((await provisioning.$call('deploy', [wanted])) as { id: string }).id
  }
  const [target, other] = [await deploy(), await deploy()]
  const [attacked, beside] = [await open(`${url}/${target}`), await open(`${url}/${other}`)]
  await attacked.$call('big')
  const large = (await lengthOf(url, target)) - 1
  await politeMs(beside)
  const before = [await politeMs(attacked), await politeMs(beside)]
  const memory = peakMiB(host.pid)
  const address = attack === 'dht' ? `vms://${target}` : `${url}/${target}`
  const number = SOCKETS[attack] ?? large
  const stranger = await run([programOf('stranger.ts'), attack, address, String(number), node])
  await sleep(SWING_MS)
  const during = [await politeMs(attacked), await politeMs(beside)]
  const first = await firstAnswerMs(`${url}/${other}`)
  const peak = peakMiB(host.pid)
  console.log(
    `${attack}\n  memory              ${memory?.toFixed(0)} MiB, ${peak === null ? 'the host ended' : `under attack ${peak.toFixed(0)} MiB`}`,
  )
  console.log(`  the attacked service ${before[0]}, under attack ${during[0]}`)
  console.log(`  another service      ${before[1]}, under attack ${during[1]}`)
  console.log(`  a new visitor        first answer after ${first}`)
  await stranger.stop()
  for (const client of [attacked, beside, provisioning]) client.$close()
  await host.stop()
  await testnet?.destroy()
  rmSync(dir, { recursive: true, force: true })
}

const all = ['questions', 'unread', 'dht', 'silent', 'plain']
for (const attack of positionals.length > 0 ? positionals : all) await under(attack)
process.exit(0)
