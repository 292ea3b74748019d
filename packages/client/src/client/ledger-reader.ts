/** Reads the entries of the ledger, each proven under the client's verified head. */
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

  /** The newest verified head: length, tree hash and the host's signature. */
  get head(): SignedHead {
    return this.#blocks.head
  }

  /** One entry. */
  async entry(index: number): Promise<VerifiedEntry> {
    const { value } = await this.entries(index, index + 1).next()
    return value as VerifiedEntry
  }

  /**
   * The entries [start, end) under the present head, in order. Requests them in batches, and the next batch while the caller consumes the
   * last. An invalid entry ends the client.
   */
  async *entries(start = 0, end: number = this.head.length): AsyncGenerator<VerifiedEntry> {
    const { head } = this
    const { readEntries } = await loadVerifier()
    yield* readEntries(await this.#blocks.reader(), head, start, end)
  }

  /** Decodes the calls of an entry and their outcomes, and checks the caller's signature. */
  async calls(entry: CallsEntry): Promise<CheckedCalls> {
    const { checkCalls, crypto } = await loadVerifier()
    return await checkCalls(crypto, entry)
  }

  /**
   * The scripts of the service, the newest first: the pending one if there is one, the one in effect, and the earlier ones back to the
   * genesis' script. An upgrade that never took effect is in the ledger only. This method checks who signed each script and what its bytes
   * are. Only an audit shows that the files name the right ones.
   */
  async *scripts(): AsyncGenerator<ScriptVersion> {
    const { readScripts } = await loadVerifier()
    yield* readScripts(await this.#blocks.reader(), this.#info().genesis)
  }

  /**
   * Reads all entries under the present head and checks everything that needs no replay: their tree, form, place and time, and that each
   * request was signed by its caller, for this history, and is there once. Only `vms verify` shows whether the script's answers are right.
   * The report also has notes for the reader, such as restarts and overdue alarms. They accuse nobody.
   */
  async audit(options: AuditOptions = {}): Promise<StructureReport> {
    const { auditLedger } = await loadVerifier()
    return await auditLedger(this.#blocks, this.#info(), this.#now, options)
  }
}
