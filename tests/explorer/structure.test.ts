/** The audit of a ledger's structure by a client: silent about honest hosts, and what it says of liars with the right keys. */
import { NodeVMSClient } from '@vms/client'
import { expect, onTestFinished, test } from 'vitest'
import { Liar } from '../lies/liar.ts'
import { Place } from '../service/place.ts'

const SCRIPT = `
exports.init = async () => { await System.files.writeFile('/said', '') }
exports.say = async (text) => { await System.files.writeFile('/said', text) }
exports.fail = () => { throw new Error('no') }
exports.loop = () => { for (;;); }`

async function reader(url: string): Promise<NodeVMSClient> {
  const client = new NodeVMSClient({ timeout: 60_000 })
  await client.connect(url)
  onTestFinished(() => client.close())
  return client
}

test('an honest ledger has no findings, whatever its calls came to', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { epochCalls: 8 })
  const [one, two] = [await place.connect(host), await place.connect(host)]
  for (let i = 0; i < 12; i++) {
    await Promise.all([one['say']?.(`${i}`), two['say']?.('x'), two['say']?.('y')])
    await one['fail']?.()?.catch(() => {})
  }
  await one['loop']?.()?.catch(() => {})
  await two['say']?.('after')
  const client = await reader(host.url)
  const progress: number[] = []
  const report = await client.ledger.audit({ onProgress: ({ entries }) => progress.push(entries) })
  expect(report.findings).toEqual([])
  expect(report.entries).toBe(client.ledger.head.length)
  expect(report.signatures).toBe(report.requests)
  expect(report.requests).toBeGreaterThan(30)
  expect(report.groups).toBeGreaterThan(10)
  expect(progress.at(-1)).toBe(report.entries)
})

test.each([
  ['SIGNATURE_INVALID', (entry) => ({ ...entry, signature: new Uint8Array(64).fill(7) })],
  ['REQUEST_UNSIGNED', (entry) => ({ ...entry, signature: null })],
  [
    'OUTCOMES_MISCOUNTED',
    (entry) => ({ ...entry, outcomes: [...entry.outcomes, ...entry.outcomes] }),
  ],
  ['REQUEST_INVALID', (entry) => ({ ...entry, request: entry.request.subarray(1) })],
  ['TIME_BACKWARDS', (entry) => ({ ...entry, time: 1_000 })],
  ['REQUEST_EXPIRED', (entry) => ({ ...entry, time: entry.time + 3_600_000 })],
] as const satisfies [string, Alter][])('of a liar it says %s', async (code, alter) => {
  const place = await Place.make()
  const liar = new Liar()
  const host = await place.host(SCRIPT, { ports: liar.ports })
  const guest = await place.connect(host)
  await guest['say']?.('before')
  const index = (await guest.$receipt('say', ['still honest'])).receipt.index + 1
  liar.tell({
    group: (group) => ({
      ...group,
      entries: group.entries.map((entry) => (entry.type === 'calls' ? alter(entry) : entry)),
    }),
  })
  // Most lies its own caller finds in the reply.
  await guest['say']?.('the victim').catch(() => {})
  expect(liar.told).toBeGreaterThan(0)
  liar.repent()
  const client = await reader(host.url)
  const { findings } = await client.ledger.audit()
  expect(findings[0]).toMatchObject({ code, entry: index })
})

type Alter = (entry: Extract<ReturnType<Liar['entry']>, { type: 'calls' }>) => typeof entry
