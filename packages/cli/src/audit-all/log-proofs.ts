/** Proofs of entries of a host's provisioning log. The log is opened again for the first that is asked for: most audits need none. */
import { type EntryProof, proveEntries, sodiumCrypto } from '@vms/auditor'
import { type OpenSource, openSource, type SourceOptions } from '../source.ts'
import type { Target } from '../target.ts'

export class LogProofs {
  #target: Target
  #options: SourceOptions
  #log: Promise<OpenSource> | null = null

  constructor(target: Target, options: SourceOptions) {
    this.#target = target
    this.#options = options
  }

  async prove(entries: readonly number[]): Promise<EntryProof[]> {
    this.#log ??= openSource(this.#target, this.#options)
    return proveEntries(sodiumCrypto, await this.#log, entries)
  }

  async close(): Promise<void> {
    await (await this.#log?.catch(() => null))?.close()
  }
}
