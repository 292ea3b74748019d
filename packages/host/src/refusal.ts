/** A request that is not executed: why. It leaves nothing in the ledger; the caller gets the reason, signed. */
import type { RefusalCode } from '@vms/rpc'

export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}
