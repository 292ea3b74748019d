/** A polite service beside hostile ones: what they do with their own machine does not keep its calls from being answered. */
import { getPriority } from 'node:os'
import { sodiumCrypto as crypto } from '@vms/auditor'
import { expect, test, vi } from 'vitest'
import { childProcesses } from '../harness/child-processes.ts'
import { type AnyRemote, COUNTER, type Deployed, Many } from './many.ts'

const HOSTILE = `
exports.loop = async () => { for (;;); }
exports.bomb = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill('x')) }
exports.flood = async () => System.files.writeFile('/x', 'x'.repeat(1000))`

/** The priority of a machine that has computed for long: the least there is. */
const HEAVY = 19

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 60_000, interval: 50 }

/** Calls of the polite one, in each of two times. */
const CALLS = 40

async function count(client: AnyRemote): Promise<void> {
  for (let i = 0; i < CALLS; i++) await client['add']?.()
}

test('loops, memory bombs and floods of others leave a polite service answering', {
  timeout: 180_000,
}, async () => {
  const many = await Many.make()
  const host = await many.host({ policy: { open: true } })
  const owner = await many.provisioning(host, crypto.keyPair())
  const deploy = (source: string): Promise<Deployed> =>
    owner.$call('deploy', [{ name: 'a.js', title: 'A', source }]) as unknown as Promise<Deployed>
  const polite = await many.connect(host, (await deploy(COUNTER)).id, crypto.keyPair())
  const hostile = await Promise.all(
    [1, 2, 3].map(async () => many.connect(host, (await deploy(HOSTILE)).id, crypto.keyPair())),
  )
  await count(polite)
  let going = true
  const keep = async (client: AnyRemote | undefined, method: string, at: number): Promise<void> => {
    while (going)
      await Promise.all(
        Array.from({ length: at }, () => client?.$call(method).catch(() => undefined)),
      )
  }
  const hostilities = [
    keep(hostile[0], 'loop', 1),
    keep(hostile[1], 'bomb', 1),
    keep(hostile[2], 'flood', 500),
  ]
  await count(polite)
  const niceness = (): number[] => childProcesses(process.pid).map((pid) => getPriority(pid))
  await vi.waitFor(() => expect(niceness()).toContain(HEAVY), PATIENCE)
  expect(niceness().some((each) => each < HEAVY)).toBe(true)
  going = false
  for (const client of hostile) client.$close()
  await Promise.all(hostilities)
  expect(await polite['count']?.()).toBe(2 * CALLS)
})
