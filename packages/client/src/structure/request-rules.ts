/** The rules of format.md for a calls entry: its request, its caller, its place in the history. */
import {
  type CallsEntry,
  type Checker,
  decodeRequest,
  decodeValue,
  type GenesisEntry,
  type Request,
  requestId,
  sameBytes,
  verifyRequest,
} from '@vms/format'
import type { Report } from './finding.ts'
import type { Past } from './past.ts'

export interface RequestPlace {
  readonly entry: CallsEntry
  readonly index: number
  readonly genesis: GenesisEntry
  readonly ledgerKey: Uint8Array
}

/**
 * Reports what is wrong at once, but for the signature: that is checked elsewhere by some platforms, and what is returned
 * resolves with whether it holds. Null if there is none to check.
 */
export function checkRequest(
  crypto: Checker,
  past: Past,
  { entry, index, genesis, ledgerKey }: RequestPlace,
  report: Report,
): Promise<boolean> | null {
  const request = read(entry, report)
  if (!request) return null
  const { limits, window, authentication } = genesis
  const { head, expires, calls, caller } = request
  if (entry.request.length > limits.requestBytes || calls.length > limits.requestCalls) {
    report('LIMIT_EXCEEDED', 'the request is larger than this service allows')
  }
  if (entry.outcomes.length !== calls.length) {
    report('OUTCOMES_MISCOUNTED', `${calls.length} calls have ${entry.outcomes.length} outcomes`)
  }
  if (!sameBytes(request.ledger, ledgerKey)) {
    report('REQUEST_INVALID', 'the request is for another ledger')
  }
  if (index - head.length > window) {
    report('HEAD_TOO_OLD', `the caller had seen only ${head.length} entries`)
  } else if (!past.isEnd(head.length, head.treeHash)) {
    report('HEAD_UNKNOWN', 'the caller had seen another history than this one')
  }
  if (entry.time > expires) report('REQUEST_EXPIRED', 'the request ran after it had expired')
  if (!past.admit(requestId(crypto, entry.request), expires)) {
    report('REQUEST_REPLAYED', 'the same request stands in the ledger before')
  }
  for (const [method] of calls) {
    if (!past.methods.has(method)) report('METHOD_UNKNOWN', 'it calls what is no method')
  }
  const isDebug = typeof caller === 'string'
  if (isDebug ? authentication !== 'debug' : !entry.signature) {
    report('REQUEST_UNSIGNED', 'nobody signed the request')
  }
  if (!entry.signature) return null
  if (isDebug) {
    report('SIGNATURE_INVALID', 'a caller with a plain name has no signature')
    return null
  }
  return Promise.resolve(verifyRequest(crypto, entry.request, entry.signature, caller))
}

function read({ request }: CallsEntry, report: Report): Request | null {
  try {
    const decoded = decodeRequest(request)
    for (const [, args] of decoded.calls) {
      if (!Array.isArray(decodeValue(args))) throw new TypeError('arguments are no array')
    }
    return decoded
  } catch (error) {
    report('REQUEST_INVALID', `it holds no request: ${(error as Error).message}`)
    return null
  }
}
