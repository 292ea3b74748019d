/** The provisioning log of a host once more, for proofs and questions. It is opened when it is needed: most audits need none. */
import {
  type Asking,
  type Evidence,
  proveLedger,
  readProvisioningLog,
  sodiumCrypto,
} from '@vms/auditor'
import { type OpenSource, openSource, type SourceOptions } from '../source.ts'
import type { Target } from '../target.ts'
import type { HostPlace } from './host-place.ts'

export class LogProofs {
  #target: Target
  #options: SourceOptions
  #log: Promise<OpenSource> | null = null

  constructor(target: Target, options: SourceOptions) {
    this.#target = target
    this.#options = options
  }

  async prove(entries: readonly number[]): Promise<Evidence | null> {
    this.#log ??= openSource(this.#target, this.#options)
    return proveLedger(sodiumCrypto, await this.#log, entries)
  }

  /** Has the host answer a question, and reads its log as it is after that. */
  async ask(nonce: Uint8Array, place: HostPlace): ReturnType<Asking> {
    const statement = (await place.ask?.(nonce)) ?? null
    if (!statement) return null
    const now = await openSource(this.#target, this.#options)
    try {
      return { statement, log: await readProvisioningLog(sodiumCrypto, now) }
    } finally {
      await now.close()
    }
  }

  async close(): Promise<void> {
    await (await this.#log?.catch(() => null))?.close()
  }
}
