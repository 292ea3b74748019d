/** Rules 7 to 14 of format.md, for a calls entry: its request, its caller, its place in the history. */
import { sameBytes, toHex } from '../codec/bytes.ts'
import { decodeValue } from '../codec/value.ts'
import type { Checker } from '../crypto/crypto.ts'
import type { CallsEntry, GenesisEntry } from '../entries/entry.ts'
import {
  callerId,
  decodeRequest,
  type Request,
  requestId,
  verifyRequest,
} from '../entries/request.ts'
import { UPGRADE_METHOD } from '../entries/upgrade.ts'
import type { FaultDetail, Report, StructureCode } from './fault.ts'
import type { RuleState } from './rule-state.ts'

/** A request, decoded, with its id. */
export interface CheckedRequest {
  readonly request: Request
  readonly requestId: Uint8Array
  /** What the script sees as the caller's id. */
  readonly caller: string
}

/** Receives a fault that counts only if the signature turns out to be invalid. */
export type ReportLater = (
  holds: Promise<boolean>,
  code: StructureCode,
  detail: FaultDetail,
) => void

export interface RequestCheckOptions {
  readonly crypto: Checker
  readonly ledgerKey: Uint8Array
  readonly past: RuleState
  readonly genesis: GenesisEntry
  readonly report: Report
  readonly later: ReportLater
}

/** Checks the request of the next entry, and records it. Null if it cannot be decoded. */
export function checkRequest(
  entry: CallsEntry,
  options: RequestCheckOptions,
): CheckedRequest | null {
  const request = read(entry, options.report)
  if (!request) return null
  const method = request.calls[0]?.[0] ?? null
  const report: Report = (code, detail) => options.report(code, { method, ...detail })
  const checks = { ...options, report }
  checkSize(entry, request, checks)
  checkCaller(entry, request, checks)
  const id = requestId(options.crypto, entry.request)
  checkHistory(entry, request, id, checks)
  for (const [call, [name]] of request.calls.entries()) {
    if (options.past.methods.has(name) || name === UPGRADE_METHOD) continue
    report('METHOD_UNKNOWN', { call, method: name, part: 'method', got: name })
  }
  return { request, requestId: id, caller: callerId(request.caller) }
}

function read({ request: bytes }: CallsEntry, report: Report): Request | null {
  try {
    const request = decodeRequest(bytes)
    for (const [, args] of request.calls) {
      if (!Array.isArray(decodeValue(args))) throw new TypeError('arguments are no array')
    }
    return request
  } catch (error) {
    report('REQUEST_INVALID', { part: 'request', got: (error as Error).message })
    return null
  }
}

function checkSize(
  entry: CallsEntry,
  { calls }: Request,
  { genesis: { limits }, report }: RequestCheckOptions,
): void {
  const limit = (part: 'requestBytes' | 'requestCalls', got: number): void => {
    if (got <= limits[part]) return
    report('LIMIT_EXCEEDED', { part, expected: `at most ${limits[part]}`, got: String(got) })
  }
  limit('requestBytes', entry.request.length)
  limit('requestCalls', calls.length)
  const { length } = entry.outcomes
  if (length === calls.length) return
  const expected = String(calls.length)
  report('OUTCOMES_MISCOUNTED', { part: 'outcomes', expected, got: String(length) })
}

function checkCaller(
  { request: bytes, signature }: CallsEntry,
  { ledger, caller }: Request,
  { crypto, ledgerKey, genesis, report, later }: RequestCheckOptions,
): void {
  if (!sameBytes(ledger, ledgerKey)) {
    const expected = toHex(ledgerKey)
    report('REQUEST_INVALID', { part: 'ledger', expected, got: toHex(ledger) })
  }
  const isDebug = typeof caller === 'string'
  if (isDebug ? genesis.authentication !== 'debug' : !signature) {
    report('REQUEST_UNSIGNED', { part: 'signature', got: callerId(caller) })
  }
  if (!signature) return
  const holds = !isDebug && verifyRequest(crypto, bytes, signature, caller)
  if (holds === true) return
  const detail = {
    part: 'signature',
    expected: isDebug ? 'none for a debug caller' : `a signature of ${callerId(caller)}`,
    got: toHex(signature),
  }
  if (holds === false) report('SIGNATURE_INVALID', detail)
  else later(holds, 'SIGNATURE_INVALID', detail)
}

function checkHistory(
  { time }: CallsEntry,
  { head, expires }: Request,
  id: Uint8Array,
  { past, genesis, report }: RequestCheckOptions,
): void {
  if (past.length - head.length > genesis.window) {
    const expected = `within ${genesis.window} entries`
    report('HEAD_TOO_OLD', { part: 'head', expected, got: String(head.length) })
  } else if (!past.isEnd(head.length, head.treeHash)) {
    report('HEAD_UNKNOWN', {
      part: 'head',
      expected: 'the end of an earlier group',
      got: `length ${head.length}, tree hash ${toHex(head.treeHash)}`,
    })
  }
  if (time > expires) {
    report('REQUEST_EXPIRED', { part: 'time', expected: `at most ${expires}`, got: String(time) })
  }
  if (!past.admit(id, expires)) {
    report('REQUEST_REPLAYED', { part: 'request', got: toHex(id) })
  }
}
