/** A receipt that somebody shows is checked without a host. */
import { encodeKey, encodeReceipt, type Receipt } from '@vms/format'
import { describe, expect, test } from 'vitest'
import { VmsVerificationError, verifyReceipt } from '../src/index.ts'
import { connected, failure } from './connected.ts'
import { FakeLedger } from './fake-ledger.ts'

const shown = async (): Promise<{ receipt: Receipt; ledger: Uint8Array }> => {
  const { client, host } = await connected()
  const { receipt } = await client.call('add', [2, 3], {}, true)
  return { receipt, ledger: host.ledger.key }
}

describe('a receipt', () => {
  test('says what was called, by whom, and what came of it', async () => {
    const { receipt, ledger } = await shown()
    for (const given of [receipt, encodeReceipt(receipt)]) {
      for (const options of [{}, { ledger }, { ledger: encodeKey(ledger) }]) {
        const claim = await verifyReceipt(given, options)
        expect(claim).toMatchObject({ ledger, index: receipt.index, signature: 'holds' })
        expect(claim.calls).toEqual([
          { method: 'add', args: [2, 3], outcome: { status: 'returned', value: 5 } },
        ])
      }
    }
  })

  test.each(['entry', 'signature'] as const)('does not hold with another %s', async (part) => {
    const { receipt } = await shown()
    const altered = receipt[part].slice()
    altered[40] = (altered[40] as number) ^ 1
    const error = await failure(verifyReceipt({ ...receipt, [part]: altered }))
    expect(error).toBeInstanceOf(VmsVerificationError)
    expect(error).toMatchObject({ what: 'receipt' })
  })

  test('does not hold for another ledger, nor as other bytes', async () => {
    const { receipt } = await shown()
    const other = new FakeLedger().key
    expect(await failure(verifyReceipt(receipt, { ledger: other }))).toMatchObject({
      code: 'ERR_VMS_VERIFICATION',
      reason: 'the receipt is of another ledger',
    })
    const cut = encodeReceipt(receipt).subarray(1)
    expect(await failure(verifyReceipt(cut))).toBeInstanceOf(VmsVerificationError)
    expect(await failure(verifyReceipt(receipt, { ledger: 'what' }))).toMatchObject({
      code: 'ERR_VMS_BAD_LEDGER',
    })
  })
})
