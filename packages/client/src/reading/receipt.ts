/** Checks a receipt that somebody shows, without a connection: anybody's, of any ledger. */
import { decodeReceipt, type Receipt, type ReceiptClaim, verifyReceiptLater } from '@vms/format'
import { crypto } from '#crypto'
import { verifyingLater } from '../errors/verifying.ts'
import { type CheckedCalls, checkCalls } from './entry-calls.ts'

/** What a receipt proves: the ledger, where the entry stands in it, and what was called and came of it. */
export interface CheckedReceipt extends ReceiptClaim, CheckedCalls {}

/** See `verifyReceipt` of the package. Rejects with a VmsVerificationError. */
export async function checkReceipt(
  receipt: Receipt | Uint8Array,
  ledger: Uint8Array | undefined,
): Promise<CheckedReceipt> {
  return await verifyingLater('receipt', { frame: receipt }, async () => {
    const read = receipt instanceof Uint8Array ? decodeReceipt(receipt) : receipt
    const claim = await verifyReceiptLater(crypto, read, ledger)
    return { ...claim, ...(await checkCalls(crypto, claim.entry)) }
  })
}
