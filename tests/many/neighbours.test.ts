/** A polite service beside hostile ones: what they do with their own machine does not keep its calls from being answered. */
import { sodiumCrypto as crypto } from '@vms/auditor'
import { expect, test } from 'vitest'
import { type AnyRemote, COUNTER, type Deployed, Many } from './many.ts'

const HOSTILE = `
exports.loop = async () => { for (;;); }
exports.bomb = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill('x')) }
exports.flood = async () => System.files.writeFile('/x', 'x'.repeat(1000))`

/** Calls of the polite one, in each of two times. */
const CALLS = 40

async function median(client: AnyRemote): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < CALLS; i++) {
    const begun = performance.now()
    await client['add']?.()
    times.push(performance.now() - begun)
  }
  return times.toSorted((a, b) => a - b)[CALLS / 2] as number
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
  const alone = await median(polite)
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
  const beside = await median(polite)
  going = false
  for (const client of hostile) client.$close()
  await Promise.all(hostilities)
  console.log(
    `median of a polite call: ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside`,
  )
  expect(await polite['count']?.()).toBe(2 * CALLS)
})
