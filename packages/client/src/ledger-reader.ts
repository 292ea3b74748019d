/** The entries of the ledger, as a client reads them: each proven under the head that it holds. */
import type { CallsEntry, SignedHead } from '@vms/format'
import type { BlockSource } from './block-source.ts'
import type { CheckedCalls } from './entry-calls.ts'
import { VmsUsageError } from './errors.ts'
import { loadVerifier } from './load-verifier.ts'
import type { VerifiedEntry } from './read-entries.ts'
import type { ScriptVersion } from './script-trail.ts'
import type { ServiceInfo } from './service-info.ts'
import type { AuditOptions } from './structure/audit-ledger.ts'
import type { StructureReport } from './structure/structure-audit.ts'

export class LedgerReader {
  #blocks: BlockSource
  #info: () => ServiceInfo

  /** `info`: what is known of the service. Throws before it is known. */
  constructor(blocks: BlockSource, info: () => ServiceInfo) {
    this.#blocks = blocks
    this.#info = info
  }

  /** The newest head that was verified: length, tree hash and the host's signature. */
  get head(): SignedHead {
    return this.#blocks.head
  }

  /** One entry. */
  async entry(index: number): Promise<VerifiedEntry> {
    for await (const entry of this.entries(index, index + 1)) return entry
    throw outOfRange(index, this.head.length)
  }

  /**
   * The entries [start, end) under the head of the moment, in order. They are asked for in batches, the next one while the
   * last is looked at; one that does not hold ends the client.
   */
  async *entries(start = 0, end: number = this.head.length): AsyncGenerator<VerifiedEntry> {
    const { head } = this
    for (const place of [start, end]) {
      if (!Number.isSafeInteger(place) || place < 0 || place > head.length || start > end) {
        throw outOfRange(place, head.length)
      }
    }
    const { readEntries } = await loadVerifier()
    yield* readEntries(await this.#blocks.reader(), head, start, end)
  }

  /** What was asked in an entry and what came of it, and whether the caller's signature holds. */
  async calls(entry: CallsEntry): Promise<CheckedCalls> {
    const { checkCalls, crypto } = await loadVerifier()
    return await checkCalls(crypto, entry)
  }

  /**
   * The scripts of the service, the newest first: one that is pending, if there is, the one in effect, and those before it
   * down to the genesis'. An upgrade that never took effect stands in the ledger only. That the files name the right ones,
   * an audit shows; that who may brought them, and that their bytes are these, is checked here.
   */
  async *scripts(): AsyncGenerator<ScriptVersion> {
    const { readScripts } = await loadVerifier()
    yield* readScripts(await this.#blocks.reader(), this.#info().genesis)
  }

  /**
   * Reads all entries under the head of the moment and checks what needs no replay: their tree, form, place and time, and
   * that each request is its caller's, for this history, and there once. What the script should have answered, only
   * `vms verify` tells.
   */
  async audit(options: AuditOptions = {}): Promise<StructureReport> {
    const { ledger: ledgerKey, manifest } = this.#info()
    const { auditLedger } = await loadVerifier()
    return await auditLedger(await this.#blocks.reader(), { ledgerKey, manifest }, options)
  }
}

const outOfRange = (place: number, length: number): VmsUsageError =>
  new VmsUsageError(
    'ERR_VMS_OUT_OF_RANGE',
    `${place} is not a place in a ledger of ${length} entries`,
  )
