/**
 * What a hostile service and its visitor cost a polite one on the same host: the median time of a polite call beside each
 * of them, over that of one alone, taken in turns. Host, polite visitor and hostile ones are processes of their own.
 *
 *   node bench/neighbours.ts [--rounds 3] [--calls 40]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connect } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import { run } from './process.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    calls: { type: 'string', default: '40' },
  },
})
const ROUNDS = Number(values.rounds)
const CALLS = Number(values.calls)

/** Milliseconds between two polite calls. */
const PAUSE_MS = 20

/** Milliseconds for an attack to be in full swing, and for what it left to end. */
const SWING_MS = 1_500

const HOSTILE = `
exports.loop = async () => { for (;;); }
exports.bomb = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill('x')) }
exports.flood = async () => System.files.writeFile('/x', 'x'.repeat(1000))`

const POLITE = `
exports.init = async () => System.files.writeFile('/count', '0')
exports.add = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}`

const ATTACKS = ['loop', 'bomb', 'flood'] as const

type Client = Awaited<ReturnType<typeof connect<Record<string, (...args: unknown[]) => unknown>>>>

const programOf = (name: string): string => new URL(name, import.meta.url).pathname

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

const dir = mkdtempSync(join(tmpdir(), 'vms-bench-neighbours-'))
const host = await run([programOf('many-host.ts'), dir, '60000'])
const url = String(host.ready['url'])
const open = (id: string): Promise<Client> =>
  connect(`${url}/${id}`, { key: sodiumCrypto.keyPair(), timeout: 60_000 })

const provisioning = await open(String(host.ready['provisioning']))
const deploy = async (source: string): Promise<string> => {
  const wanted = { name: 'a.js', title: 'A', source }
  return ((await provisioning.$call('deploy', [wanted])) as { id: string }).id
}
const polite = await open(await deploy(POLITE))
const targets = new Map<string, string>()
for (const attack of ATTACKS) targets.set(attack, await deploy(HOSTILE))

async function politeMs(): Promise<number> {
  const tookMs: number[] = []
  for (let i = 0; i < CALLS; i++) {
    const begun = performance.now()
    await polite.$call('add')
    tookMs.push(performance.now() - begun)
    await sleep(PAUSE_MS)
  }
  return median(tookMs)
}

async function beside(attacks: readonly string[]): Promise<number> {
  const hostile = await Promise.all(
    attacks.map((attack) =>
      run([programOf('neighbour.ts'), `${url}/${targets.get(attack)}`, attack]),
    ),
  )
  await sleep(SWING_MS)
  const ms = await politeMs()
  await Promise.all(hostile.map((each) => each.stop()))
  await sleep(SWING_MS)
  return ms
}

await politeMs()
for (const attacks of [...ATTACKS.map((attack) => [attack]), ATTACKS]) {
  const rounds: { alone: number; with: number }[] = []
  for (let i = 0; i < ROUNDS; i++)
    rounds.push({ alone: await politeMs(), with: await beside(attacks) })
  const alone = median(rounds.map((round) => round.alone))
  const hostile = median(rounds.map((round) => round.with))
  const ratio = median(rounds.map((round) => round.with / round.alone))
  console.log(
    `${attacks.join(' + ').padEnd(20)} ${alone.toFixed(1)} ms alone, ${hostile.toFixed(1)} ms beside: × ${ratio.toFixed(2)}`,
  )
}
polite.$close()
provisioning.$close()
await host.stop()
rmSync(dir, { recursive: true, force: true })
