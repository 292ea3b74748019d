/** Checks a receipt of any caller and any ledger, without a connection. */
import { decodeReceipt, type Receipt, type ReceiptClaim, verifyReceiptLater } from '@vms/format'
import { crypto } from '#crypto'
import { verifyingLater } from '../errors/verifying.ts'
import { type CheckedCalls, checkCalls } from './entry-calls.ts'

/** The content of a verified receipt: the ledger, the index of the entry, its calls and their outcomes. */
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
