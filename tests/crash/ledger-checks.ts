/** What must hold of a ledger after any end of its host: all that was acknowledged stands where its receipt says. */
import { decodeValue, encodeReceipt, toHex, verifyReceipt } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { Ledger } from '@vms/ledger'
import { expect } from 'vitest'
import type { Random } from '../harness/random.ts'
import { vms } from '../harness/vms-warm.ts'
import type { Workplace } from '../harness/workplace.ts'
import type { Step } from './load.ts'

/** Reads the stopped directory and looks for each of the steps. Returns its head. */
export async function expectSteps(
  directory: string,
  steps: readonly Step[],
): Promise<{ length: number; treeHash: string }> {
  await using ledger = await Ledger.open(directory, { crypto: sodiumCrypto, readOnly: true })
  for (const { id, value, receipt } of steps) {
    const { entry, request } = verifyReceipt(sodiumCrypto, receipt, ledger.key)
    const call = request.calls.findIndex(([, args]) => (decodeValue(args) as unknown[])[0] === id)
    const outcome = entry.outcomes[call]
    expect(outcome?.status).toBe('returned')
    expect(decodeValue(outcome?.value as Uint8Array)).toBe(value)
    expect(receipt.index).toBeLessThan(ledger.length)
    expect(Buffer.compare(await ledger.get(receipt.index), receipt.entry)).toBe(0)
  }
  const { length, treeHash } = ledger.head
  return { length, treeHash: toHex(treeHash) }
}

/** Receipts that `vms verify` is given. */
const SAMPLE = 12

/** Verifies the stopped directory with the command, and a sample of receipts with it. Returns the report. */
export async function expectVerified(
  place: Workplace,
  directory: string,
  steps: readonly Step[],
  random: Random,
): Promise<{
  entries: number
  calls: number
  epochs: number
  head: { length: number; treeHash: string }
}> {
  const files = Array.from({ length: Math.min(SAMPLE, steps.length) }, (_, i) => {
    const { receipt } = random.pick(steps)
    return place.write(`receipts/${i}.receipt`, encodeReceipt(receipt))
  })
  const { code, stdout, stderr } = await vms(place, [
    'verify',
    directory,
    '--json',
    ...files.flatMap((file) => ['--receipt', file]),
  ])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ verdict: 'verified', findings: [] })
  return report
}
