/** A calls entry, decoded: the caller, methods, arguments and outcomes. */
import {
  type CallsEntry,
  type Checker,
  callerId,
  decodeRequest,
  decodeValue,
  type Request,
  type Value,
  verifyRequest,
} from '@vms/format'
import { type CheckedOutcome, decodeOutcome } from '../calls/outcome.ts'
import { verifyingLater } from '../errors/verifying.ts'

/** A decoded request in the ledger. */
export interface CheckedCalls {
  readonly request: Request
  /** Id of the caller: z-base-32 of the public key, or `debug:` and a name. */
  readonly caller: string
  /** Whether the caller signed the request. A debug caller does not sign. */
  readonly signature: 'holds' | 'wrong' | 'none'
  readonly calls: readonly {
    readonly method: string
    readonly args: Value
    readonly outcome: CheckedOutcome
  }[]
}

/** Decodes a calls entry and checks the caller's signature. Throws a VmsVerificationError if its bytes are no request. */
export async function checkCalls(
  crypto: Checker,
  { request: bytes, signature, outcomes }: CallsEntry,
): Promise<CheckedCalls> {
  return await verifyingLater('entries', { request: bytes }, async () => {
    const request = decodeRequest(bytes)
    const { caller, calls } = request
    const isDebug = typeof caller === 'string'
    const holds =
      !isDebug && signature !== null && (await verifyRequest(crypto, bytes, signature, caller))
    return {
      request,
      caller: callerId(caller),
      signature: holds ? 'holds' : isDebug && signature === null ? 'none' : 'wrong',
      calls: outcomes.map((outcome, i) => {
        const [method, args] = calls[i] ?? ['', new Uint8Array([0x90])]
        return { method, args: decodeValue(args), outcome: decodeOutcome(outcome) }
      }),
    }
  })
}
