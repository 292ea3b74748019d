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
import { checkUpgrade } from './upgrade-rules.ts'

export interface RequestPlace {
  readonly entry: CallsEntry
  readonly index: number
  readonly genesis: GenesisEntry
  readonly ledgerKey: Uint8Array
}

/** What is known of a request once it was looked at. */
export interface LookedAt {
  /** Resolves with whether the signature holds: some platforms check it elsewhere. Null if there is none to check. */
  readonly signature: Promise<boolean> | null
  /** Whether it brings a new script, and runs nothing. */
  readonly isUpgrade: boolean
}

/** Reports what is wrong at once, but for the signature. */
export function checkRequest(
  crypto: Checker,
  past: Past,
  { entry, index, genesis, ledgerKey }: RequestPlace,
  report: Report,
): LookedAt {
  const request = read(entry, report)
  if (!request) return { signature: null, isUpgrade: false }
  const { limits, window, authentication } = genesis
  const { head, expires, calls } = request
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
  const place = { time: entry.time, upgrade: genesis.upgrade }
  const isUpgrade = checkUpgrade(past, request, place, report)
  for (const [method] of calls) {
    if (!isUpgrade && !past.methods.has(method))
      report('METHOD_UNKNOWN', 'it calls what is no method')
  }
  return { isUpgrade, signature: checkCaller(crypto, entry, request, authentication, report) }
}

function checkCaller(
  crypto: Checker,
  { request, signature }: CallsEntry,
  { caller }: Request,
  authentication: GenesisEntry['authentication'],
  report: Report,
): Promise<boolean> | null {
  const isDebug = typeof caller === 'string'
  if (isDebug ? authentication !== 'debug' : !signature) {
    report('REQUEST_UNSIGNED', 'nobody signed the request')
  }
  if (!signature) return null
  if (!isDebug) return Promise.resolve(verifyRequest(crypto, request, signature, caller))
  report('SIGNATURE_INVALID', 'a caller with a plain name has no signature')
  return null
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
