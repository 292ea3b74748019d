/**
 * Records the ledgers of the newest semantics: `node vectors/ledgers/record.ts [name…]`. Done once, when the number is released; from
 * then on the files are what the number means, and one that no longer replays is a fault of the machine, not of the file.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect, VmsAbortError, VmsRemoteError } from '@vms/client'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { createHost } from '@vms/host'
import { Ledger } from '@vms/ledger'
import { currentSemantics } from '@vms/sandbox'
import { drawCall, EXAMPLE_NAMES } from '../../tests/examples/mixed-calls.ts'
import { seededRandom } from '../../tests/harness/random.ts'
import { writeRecorded } from './recorded.ts'

const SEED = 2_026
const CALLS = 120
const CALLERS = 3

type Call = readonly [method: string, args: readonly unknown[]]

const chosen = process.argv.slice(2)
mkdirSync(new URL(`${currentSemantics}/`, import.meta.url), { recursive: true })
const random = seededRandom(SEED)
const drawn = Array.from({ length: CALLS * EXAMPLE_NAMES.length }, () => drawCall(random))

for (const name of EXAMPLE_NAMES) {
  const calls = drawn
    .filter(({ example }) => example === name)
    .map(({ method, args }): Call => [method, args])
  await record(name, new URL(`../../examples/${name}.js`, import.meta.url), calls)
}
const world = new URL('./world.js', import.meta.url)
const methods = [...readFileSync(world, 'utf8').matchAll(/^exports\.(\w+) = /gm)]
await record(
  'world',
  world,
  methods.map(([, method = '']): Call => [method, [7, 'seven']]),
)

async function record(name: string, script: URL, calls: readonly Call[]): Promise<void> {
  if (chosen.length > 0 && !chosen.includes(name)) return
  const parent = await mkdtemp(path.join(tmpdir(), 'vms-record-'))
  const dir = path.join(parent, 'service')
  const source = readFileSync(script, 'utf8')
  const host = await createHost({ dir, script: { name: `${name}.js`, source }, port: 0 })
  const callers = await Promise.all(
    Array.from({ length: CALLERS }, () => connect(host.url, { key: crypto.keyPair() })),
  )
  for (const [i, [method, args]] of calls.entries()) {
    const caller = callers[i % CALLERS]
    await caller?.$call(method, [...args]).catch((error: unknown) => {
      if (!(error instanceof VmsRemoteError || error instanceof VmsAbortError)) throw error
    })
  }
  for (const caller of callers) await caller.$close()
  await host.close()
  const ledger = await Ledger.open(dir, { crypto, readOnly: true })
  const blocks: Uint8Array[] = []
  for await (const block of ledger.entries()) blocks.push(block)
  const { key, manifest, head } = ledger
  writeRecorded(currentSemantics, name, { key, manifest, head, blocks })
  await ledger.close()
  await rm(parent, { recursive: true })
  console.log(`${name}: ${calls.length} calls, ${blocks.length} entries`)
}
