/**
 * Records the stores of the release to come: `node vectors/stores/record.ts`. Stores of releases are never recorded again: a release
 * that cannot open them has a fault. The keys in them are of these stores only.
 */
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callerId, connect, type Remote, VmsRefusedError } from '@vms/client'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { createHost, type HostOfMany } from '@vms/host'
import type { Machine } from '@vms/sandbox'
import { LyingMachines } from '../../tests/harness/lying-machine.ts'
import { NEXT_STORES, REFUSED_REQUEST, type StoreKind, storeAdmin, writeStore } from './recorded.ts'

type Client = Remote<Record<string, (...args: unknown[]) => unknown>>

/** Files in folders, an alarm that is due when the store is opened, one that is due in years, and a call that never ends. */
const KEEPER = `
let calls = 0
exports.init = async () => {
  await System.files.mkdir('/notes')
  await System.files.mkdir('/empty')
  await System.files.writeFile('/rung', '0')
}
exports.note = async (name, text) => {
  await System.files.writeFile('/notes/' + name, text)
  return { calls: ++calls, notes: await System.files.readdir('/notes') }
}
exports.drop = (name) => System.files.unlink('/notes/' + name)
exports.read = (name) => System.files.readFile('/notes/' + name)
exports.later = (ms) => System.alarm.at(Date.now() + ms, 'ring')
exports.ring = async () => {
  await System.files.writeFile('/rung', String(Number(await System.files.readFile('/rung')) + 1))
}
exports.rung = async () => Number(await System.files.readFile('/rung'))
exports.alarms = async () => (await System.alarm.list()).length
exports.fail = async () => { await System.files.writeFile('/never', ''); throw new RangeError('no') }
exports.spin = () => { for (;;); }
`
const KEEPER_2 = `${KEEPER}exports.version = () => 2\n`

const DAY_MS = 86_400_000

await record('service', recordService)
await record('host', recordHost)

async function record(kind: StoreKind, make: (dir: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(path.join(tmpdir(), 'vms-record-'))
  const dir = path.join(parent, kind)
  await make(dir)
  writeStore(NEXT_STORES, kind, dir)
  await rm(parent, { recursive: true })
  console.log(`${kind}: recorded`)
}

/** One service: two boots, an upgrade, files written and removed, an error, a request that was refused for good, two alarms. */
async function recordService(dir: string): Promise<void> {
  const admin = storeAdmin(crypto)
  const serve = () =>
    createHost({
      dir,
      port: 0,
      script: { name: 'keeper.js', title: 'Keeper', source: KEEPER },
      upgrade: { callers: [admin.publicKey], delayMs: 0 },
      // So much fuel that the time limit comes first.
      machineLimits: { fuelPerCall: 0x7fff_ffff, fuelPerRequest: Number.MAX_SAFE_INTEGER },
      serviceLimits: { callCpuMs: 500, callWallMs: 5_000 },
    })
  const first = await serve()
  const caller: Client = await connect(first.url, { key: crypto.keyPair() })
  for (const name of ['a', 'b', 'c']) await caller.$call('note', [name, name.repeat(2_000)])
  await caller.$call('drop', ['b'])
  await refusal(caller.$call('fail'))
  const impatient: Client = await connect(first.url, { key: admin })
  const refused = await refusal(impatient.$call('spin'))
  if (!(refused instanceof VmsRefusedError)) throw refused
  await impatient.$close()
  await caller.$close()
  await first.close()
  writeFileSync(path.join(dir, REFUSED_REQUEST), refused.refusal.request)
  const second = await serve()
  const boss: Client = await connect(second.url, { key: admin })
  await boss.$call('vms:upgrade', [{ name: 'keeper.js', title: 'Keeper', source: KEEPER_2 }])
  await boss.$call('later', [3_600 * DAY_MS])
  await boss.$call('later', [1_500])
  await boss.$close()
  await second.close()
}

/** A host of many: a service that sleeps, one that was faulted, one that is stopped, one that was removed. */
async function recordHost(dir: string): Promise<void> {
  const admin = storeAdmin(crypto)
  const machines = new LyingMachines()
  const host = await createHost({
    dir,
    port: 0,
    policy: { admins: [callerId(admin.publicKey)] },
    hostLimits: { idleMs: 100 },
    ports: { startMachine: machines.startMachine },
  })
  const provisioning: Client = await connect(`${host.url}/${host.provisioning.id}`, { key: admin })
  for (const title of ['Sleeping', 'Faulted', 'Stopped', 'Removed']) {
    const script = { name: 'keeper.js', title, source: KEEPER }
    const { id } = (await provisioning.$call('deploy', [script])) as { id: string }
    await use(host, id, machines, title)
    if (title === 'Sleeping') await asleep(host, id)
    if (title === 'Stopped') await provisioning.$call('stop', [id])
    if (title === 'Removed') await provisioning.$call('remove', [id])
  }
  await provisioning.$close()
  await host.close()
}

async function asleep(host: HostOfMany, id: string): Promise<void> {
  while (host.services.find((service) => service.id === id)?.awake) await sleep(50)
}

async function use(host: HostOfMany, id: string, machines: LyingMachines, title: string) {
  const client: Client = await connect(`${host.url}/${id}`, { key: crypto.keyPair() })
  await client.$call('note', ['a', title])
  if (title === 'Faulted') {
    machines.lies.set(title, { run: noEntryHolds })
    await refusal(client.$call('note', ['b', title]))
    if (host.services.find((service) => service.id === id)?.fault === null)
      throw new Error('the service was not faulted')
  }
  await client.$close()
}

/** What a machine reports, with fuel that no entry can hold. */
function noEntryHolds({ done, stop }: Awaited<ReturnType<Machine['run']>>): object {
  const lower = (results: readonly object[]) => results.map((result) => ({ ...result, fuel: -1 }))
  return { done: done.map(({ results }) => ({ results: lower(results) })), stop }
}

/** The call must end with an error. */
async function refusal(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    () => null,
    (error: Error) => error,
  )
  if (outcome === null) throw new Error('a call that had to be refused was not')
  console.log(`refused as wanted: ${outcome.message}`)
  return outcome
}
