/** The entries of the ledger, as a client reads them: each proven under the head that it holds. */
import type { CallsEntry, SignedHead } from '@vms/format'
import type { ServiceInfo } from '../connection/service-info.ts'
import type { CheckedCalls } from '../reading/entry-calls.ts'
import type { VerifiedEntry } from '../reading/read-entries.ts'
import type { AuditOptions } from '../structure/audit-ledger.ts'
import type { ScriptVersion } from '../structure/script-trail.ts'
import type { StructureReport } from '../structure/structure-audit.ts'
import { loadVerifier } from '../verify/load-verifier.ts'
import type { BlockSource } from './block-source.ts'

export class LedgerReader {
  #blocks: BlockSource
  #info: () => ServiceInfo
  #now: () => number

  /** `info`: the facts about the service; throws before the first connection. `now`: milliseconds since 1970. */
  constructor(blocks: BlockSource, info: () => ServiceInfo, now: () => number) {
    this.#blocks = blocks
    this.#info = info
    this.#now = now
  }

  /** The newest head that was verified: length, tree hash and the host's signature. */
  get head(): SignedHead {
    return this.#blocks.head
  }

  /** One entry. */
  async entry(index: number): Promise<VerifiedEntry> {
    const { value } = await this.entries(index, index + 1).next()
    return value as VerifiedEntry
  }

  /**
   * The entries [start, end) under the head of the moment, in order. They are asked for in batches, the next one while the
   * last is looked at; one that does not hold ends the client.
   */
  async *entries(start = 0, end: number = this.head.length): AsyncGenerator<VerifiedEntry> {
    const { head } = this
    const { readEntries } = await loadVerifier()
    yield* readEntries(await this.#blocks.reader(), head, start, end)
  }

  /** The calls of an entry and their outcomes, and whether the caller's signature holds. */
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
   * `vms verify` tells. The report has notes for the reader too, such as restarts and overdue alarms; they accuse nobody.
   */
  async audit(options: AuditOptions = {}): Promise<StructureReport> {
    const { auditLedger } = await loadVerifier()
    return await auditLedger(this.#blocks, this.#info(), this.#now, options)
  }
}
