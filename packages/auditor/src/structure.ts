/**
 * The checks that need no replay: form, place, borders, time, requests, signatures, epochs. Each finding of these is
 * proven: who has the bytes can check it without running anything.
 */
import {
  type CallsEntry,
  type Crypto,
  callerId,
  callsExecuted,
  decodeEntry,
  decodeRequest,
  decodeValue,
  type Entry,
  type GenesisEntry,
  type Request,
  requestId,
  sameBytes,
  toHex,
  verifyRequest,
} from '@vms/format'
import type { Chronicle } from './chronicle.ts'
import { FindingRaised, raise } from './finding.ts'

/** An entry that passed, with what was decoded on the way. */
export interface CheckedEntry {
  readonly index: number
  readonly entry: Entry
  /** Of a calls entry. */
  readonly request?: Request
  readonly requestId?: Uint8Array
  readonly caller?: string
}

export interface StructureOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  /** Hash that block 0 must have: the ledger's key commits to it. */
  readonly genesisHash: Uint8Array
  readonly chronicle: Chronicle
}

/** Semantics that this release can replay. */
export const SEMANTICS_KNOWN: readonly number[] = [0]

export class Structure {
  #crypto: Crypto
  #ledgerKey: Uint8Array
  #genesisHash: Uint8Array
  #chronicle: Chronicle
  #genesis: GenesisEntry | null = null
  #groupStart = true

  constructor({ crypto, ledgerKey, genesisHash, chronicle }: StructureOptions) {
    this.#crypto = crypto
    this.#ledgerKey = ledgerKey
    this.#genesisHash = genesisHash
    this.#chronicle = chronicle
  }

  get genesis(): GenesisEntry {
    if (!this.#genesis) throw new Error('the genesis has not been read yet')
    return this.#genesis
  }

  /** Whether the next entry begins a group: if not, the ledger stops in the middle of one. */
  get atBorder(): boolean {
    return this.#groupStart
  }

  /** Checks the next entry and takes it into the chronicle. Throws {@link FindingRaised}. */
  check(block: Uint8Array): CheckedEntry {
    const index = this.#chronicle.length
    if (index === 0) this.#checkGenesis(block)
    const entry = this.#decode(block, index)
    this.#checkPlace(entry, index)
    this.#checkBorder(entry, index)
    if (entry.type !== 'genesis') this.#checkTime(entry.time, index)
    const extra = this.#checkByType(entry, index)
    this.#chronicle.append(block)
    this.#groupStart = entry.files !== null
    if (this.#groupStart) this.#chronicle.endGroup()
    return { index, entry, ...extra }
  }

  #checkByType(entry: Entry, index: number): Omit<CheckedEntry, 'index' | 'entry'> {
    const chronicle = this.#chronicle
    switch (entry.type) {
      case 'genesis':
        this.#genesis = entry
        chronicle.window = entry.window
        if (!SEMANTICS_KNOWN.includes(entry.semantics)) {
          raise('SEMANTICS_UNKNOWN', {
            entry: 0,
            part: 'semantics',
            expected: SEMANTICS_KNOWN.join(', '),
            got: String(entry.semantics),
          })
        }
        return {}
      case 'boot':
        this.#checkBoot(entry.reason, index)
        chronicle.methods = new Set(entry.methods)
        chronicle.epochCalls = 0
        chronicle.aborted = false
        chronicle.booted = true
        return {}
      case 'init':
        return {}
      case 'calls': {
        const checked = this.#checkCalls(entry, index)
        chronicle.epochCalls += callsExecuted(entry.outcomes)
        chronicle.aborted ||= entry.outcomes.some((outcome) => outcome.status === 'aborted')
        return checked
      }
      default:
        return entry satisfies never
    }
  }

  #checkGenesis(block: Uint8Array): void {
    const hash = this.#crypto.hash(block)
    if (!sameBytes(hash, this.#genesisHash))
      raise('KEY_MISMATCH', {
        entry: 0,
        part: 'genesis',
        expected: toHex(this.#genesisHash),
        got: toHex(hash),
      })
  }

  #decode(block: Uint8Array, index: number): Entry {
    try {
      return decodeEntry(block)
    } catch (error) {
      return raise('ENTRY_INVALID', { entry: index, got: (error as Error).message })
    }
  }

  #checkPlace(entry: Entry, index: number): void {
    const wrong = (expected: string): never =>
      raise('ENTRY_MISPLACED', { entry: index, part: 'type', expected, got: entry.type })
    if ((entry.type === 'genesis') !== (index === 0))
      wrong(index === 0 ? 'genesis' : 'boot, init or calls')
    if (index === 1 && entry.type !== 'boot') wrong('boot')
    if (entry.type === 'init' && (index !== 2 || this.#groupStart))
      wrong('init only right after the first boot, in the group of the genesis')
    if (index === 1 && this.#groupStart) wrong('boot in the group of the genesis')
  }

  #checkBorder(entry: Entry, index: number): void {
    const expected = this.#groupStart ? this.#chronicle.root() : null
    if ((entry.root === null) !== (expected === null)) {
      raise('BORDER_INVALID', {
        entry: index,
        part: 'root',
        expected: expected ? toHex(expected) : 'none inside a group',
        got: entry.root ? toHex(entry.root) : 'none',
      })
    }
    if (entry.root && expected && !sameBytes(entry.root, expected)) {
      raise('ROOT_MISMATCH', {
        entry: index,
        part: 'root',
        expected: toHex(expected),
        got: toHex(entry.root),
      })
    }
  }

  #checkTime(time: number, index: number): void {
    if (time < this.#chronicle.time) {
      raise('TIME_BACKWARDS', {
        entry: index,
        part: 'time',
        expected: `at least ${this.#chronicle.time}`,
        got: String(time),
      })
    }
    this.#chronicle.time = time
  }

  #checkBoot(reason: string, index: number): void {
    const { epochCalls, aborted, booted } = this.#chronicle
    const allowed = !booted
      ? ['start']
      : [
          'restart',
          'refusal',
          ...(aborted ? ['abort'] : []),
          ...(epochCalls >= this.genesis.epochCalls ? ['epoch'] : []),
        ]
    if (!allowed.includes(reason))
      raise('ENTRY_MISPLACED', {
        entry: index,
        part: 'reason',
        expected: allowed.join(' or '),
        got: reason,
      })
  }

  #checkCalls(entry: CallsEntry, index: number): Omit<CheckedEntry, 'index' | 'entry'> {
    const chronicle = this.#chronicle
    if (chronicle.aborted || chronicle.epochCalls >= this.genesis.epochCalls) {
      raise('EPOCH_OVERRUN', {
        entry: index,
        expected: 'a boot',
        got: chronicle.aborted
          ? 'calls after an abort'
          : `call ${chronicle.epochCalls + 1} of the epoch`,
      })
    }
    const request = this.#readRequest(entry, index)
    if (entry.outcomes.length !== request.calls.length) {
      raise('OUTCOMES_MISCOUNTED', {
        entry: index,
        part: 'outcomes',
        expected: String(request.calls.length),
        got: String(entry.outcomes.length),
      })
    }
    this.#checkCaller(entry, request, index)
    this.#checkReplay(entry, request, index)
    request.calls.forEach(([method], call) => {
      if (!chronicle.methods.has(method))
        raise('METHOD_UNKNOWN', { entry: index, call, method, got: method })
    })
    return {
      request,
      requestId: requestId(this.#crypto, entry.request),
      caller: callerId(request.caller),
    }
  }

  #readRequest(entry: CallsEntry, index: number): Request {
    const { limits } = this.genesis
    try {
      const request = decodeRequest(entry.request)
      const over = (limit: string, got: number, max: number): void => {
        if (got > max)
          raise('LIMIT_EXCEEDED', {
            entry: index,
            part: limit,
            expected: `at most ${max}`,
            got: String(got),
          })
      }
      over('requestBytes', entry.request.length, limits.requestBytes)
      over('requestCalls', request.calls.length, limits.requestCalls)
      for (const [, args] of request.calls)
        if (!Array.isArray(decodeValue(args))) throw new TypeError('arguments are no array')
      return request
    } catch (error) {
      if (error instanceof FindingRaised) throw error
      return raise('REQUEST_INVALID', {
        entry: index,
        part: 'request',
        got: (error as Error).message,
      })
    }
  }

  #checkCaller(entry: CallsEntry, request: Request, index: number): void {
    if (!sameBytes(request.ledger, this.#ledgerKey))
      raise('REQUEST_INVALID', {
        entry: index,
        part: 'ledger',
        expected: toHex(this.#ledgerKey),
        got: toHex(request.ledger),
      })
    if (typeof request.caller === 'string') {
      if (this.genesis.authentication !== 'debug')
        raise('REQUEST_UNSIGNED', {
          entry: index,
          part: 'signature',
          got: callerId(request.caller),
        })
      if (entry.signature)
        raise('SIGNATURE_INVALID', {
          entry: index,
          part: 'signature',
          expected: 'none for a debug caller',
        })
    } else if (!entry.signature) {
      raise('REQUEST_UNSIGNED', { entry: index, part: 'signature', got: callerId(request.caller) })
    } else if (!verifyRequest(this.#crypto, entry.request, entry.signature, request.caller)) {
      raise('SIGNATURE_INVALID', {
        entry: index,
        part: 'signature',
        expected: `a signature of ${callerId(request.caller)}`,
        got: toHex(entry.signature),
        method: request.calls[0]?.[0] ?? null,
      })
    }
  }

  #checkReplay(entry: CallsEntry, request: Request, index: number): void {
    const { head } = request
    if (head.length > index || !this.#chronicle.isEnd(head.length, head.treeHash)) {
      if (index - head.length > this.genesis.window)
        raise('HEAD_TOO_OLD', {
          entry: index,
          part: 'head',
          expected: `within ${this.genesis.window} entries`,
          got: String(head.length),
        })
      raise('HEAD_UNKNOWN', {
        entry: index,
        part: 'head',
        expected: 'the end of an earlier group',
        got: `length ${head.length}, tree hash ${toHex(head.treeHash)}`,
      })
    }
    if (index - head.length > this.genesis.window)
      raise('HEAD_TOO_OLD', {
        entry: index,
        part: 'head',
        expected: `within ${this.genesis.window} entries`,
        got: String(head.length),
      })
    if (entry.time > request.expires)
      raise('REQUEST_EXPIRED', {
        entry: index,
        part: 'time',
        expected: `at most ${request.expires}`,
        got: String(entry.time),
      })
    if (!this.#chronicle.admit(toHex(requestId(this.#crypto, entry.request)), request.expires)) {
      raise('REQUEST_REPLAYED', {
        entry: index,
        part: 'request',
        method: request.calls[0]?.[0] ?? null,
      })
    }
  }
}
