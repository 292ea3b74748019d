/** The checks of one calls entry that need no replay: its request, its caller, its place in the history. */
import {
  type CallsEntry,
  type Crypto,
  callerId,
  decodeRequest,
  decodeValue,
  type GenesisEntry,
  type Request,
  requestId,
  sameBytes,
  toHex,
  verifyRequest,
} from '@vms/format'
import type { Chronicle } from './chronicle.ts'
import { type FindingCode, type FindingDetail, raise } from './finding.ts'
import { isMachineMethod } from './upgrade-check.ts'

/** A request that passed, with what was decoded and hashed on the way. */
export interface CheckedRequest {
  readonly request: Request
  readonly requestId: Uint8Array
  /** What the script sees as the caller's id. */
  readonly caller: string
}

interface Place {
  readonly entry: CallsEntry
  readonly index: number
  readonly genesis: GenesisEntry
  /** Of the first call, once the request is read. */
  readonly method: string | null
}

export class RequestCheck {
  #crypto: Crypto
  #ledgerKey: Uint8Array
  #chronicle: Chronicle

  constructor(options: { crypto: Crypto; ledgerKey: Uint8Array; chronicle: Chronicle }) {
    this.#crypto = options.crypto
    this.#ledgerKey = options.ledgerKey
    this.#chronicle = options.chronicle
  }

  /** Checks the entry at `index`, and notes its request. Throws {@link FindingRaised}. */
  check(entry: CallsEntry, index: number, genesis: GenesisEntry): CheckedRequest {
    const unread: Place = { entry, index, genesis, method: null }
    const request = this.#read(unread)
    const place: Place = { ...unread, method: request.calls[0]?.[0] ?? null }
    this.#checkLimits(place, request)
    if (entry.outcomes.length !== request.calls.length) {
      fail(place, 'OUTCOMES_MISCOUNTED', {
        part: 'outcomes',
        expected: String(request.calls.length),
        got: String(entry.outcomes.length),
      })
    }
    this.#checkCaller(place, request)
    const id = requestId(this.#crypto, entry.request)
    this.#checkPlace(place, request, id)
    request.calls.forEach(([method], call) => {
      if (this.#chronicle.methods.has(method) || isMachineMethod(method)) return
      fail(place, 'METHOD_UNKNOWN', { call, method, part: 'method', got: method })
    })
    return { request, requestId: id, caller: callerId(request.caller) }
  }

  #read(place: Place): Request {
    try {
      const request = decodeRequest(place.entry.request)
      for (const [, args] of request.calls) {
        if (!Array.isArray(decodeValue(args))) throw new TypeError('arguments are no array')
      }
      return request
    } catch (error) {
      return fail(place, 'REQUEST_INVALID', { part: 'request', got: (error as Error).message })
    }
  }

  #checkLimits(place: Place, { calls }: Request): void {
    const limit = (part: 'requestBytes' | 'requestCalls', got: number): void => {
      const max = place.genesis.limits[part]
      if (got <= max) return
      fail(place, 'LIMIT_EXCEEDED', { part, expected: `at most ${max}`, got: String(got) })
    }
    limit('requestBytes', place.entry.request.length)
    limit('requestCalls', calls.length)
  }

  #checkCaller(place: Place, request: Request): void {
    const { entry, genesis } = place
    const caller = callerId(request.caller)
    if (!sameBytes(request.ledger, this.#ledgerKey)) {
      const expected = toHex(this.#ledgerKey)
      fail(place, 'REQUEST_INVALID', { part: 'ledger', expected, got: toHex(request.ledger) })
    }
    const isDebug = typeof request.caller === 'string'
    if (isDebug ? genesis.authentication !== 'debug' : !entry.signature) {
      fail(place, 'REQUEST_UNSIGNED', { part: 'signature', got: caller })
    }
    if (!entry.signature) return
    const { caller: key } = request
    const signed =
      typeof key !== 'string' && verifyRequest(this.#crypto, entry.request, entry.signature, key)
    if (signed) return
    const expected = isDebug ? 'none for a debug caller' : `a signature of ${caller}`
    const got = toHex(entry.signature)
    fail(place, 'SIGNATURE_INVALID', { part: 'signature', expected, got })
  }

  #checkPlace(place: Place, { head, expires }: Request, id: Uint8Array): void {
    const { entry, index, genesis } = place
    if (index - head.length > genesis.window) {
      const expected = `within ${genesis.window} entries`
      fail(place, 'HEAD_TOO_OLD', { part: 'head', expected, got: String(head.length) })
    }
    if (!this.#chronicle.isEnd(head.length, head.treeHash)) {
      fail(place, 'HEAD_UNKNOWN', {
        part: 'head',
        expected: 'the end of an earlier group',
        got: `length ${head.length}, tree hash ${toHex(head.treeHash)}`,
      })
    }
    if (entry.time > expires) {
      const expected = `at most ${expires}`
      fail(place, 'REQUEST_EXPIRED', { part: 'time', expected, got: String(entry.time) })
    }
    if (!this.#chronicle.admit(toHex(id), expires)) {
      fail(place, 'REQUEST_REPLAYED', { part: 'request', got: toHex(id) })
    }
  }
}

const fail = ({ index, method }: Place, code: FindingCode, detail: FindingDetail): never =>
  raise(code, { entry: index, method, ...detail })
