/** Opens the provisioning log again, for proofs and questions. Most audits need neither. */
import {
  type Asking,
  type AuditBudgets,
  audit,
  type Evidence,
  type LedgerSource,
  type ProvisioningLog,
  proveLedger,
  readProvisioningLog,
  sodiumCrypto,
} from '@vms/auditor'
import { type OpenSource, openSource, type SourceOptions } from '../connect/source.ts'
import type { Target } from '../connect/target.ts'
import type { HostPlace } from './host-place.ts'

export interface LogProofsOptions extends SourceOptions {
  readonly budgets?: Partial<AuditBudgets>
}

export class LogProofs {
  #target: Target
  #options: LogProofsOptions
  #log: Promise<OpenSource> | null = null

  constructor(target: Target, options: LogProofsOptions) {
    this.#target = target
    this.#options = options
  }

  async prove(entries: readonly number[]): Promise<Evidence | null> {
    this.#log ??= openSource(this.#target, this.#options)
    return proveLedger(sodiumCrypto, await this.#log, entries)
  }

  /** Asks the host a question, and reads its log up to the head of the answer. Null without an answer or a verified log. */
  async ask(nonce: Uint8Array, place: HostPlace): ReturnType<Asking> {
    const statement = (await place.ask?.(nonce)) ?? null
    if (!statement) return null
    const now = await openSource(this.#target, this.#options)
    try {
      const log = await verifiedLog(now, this.#options)
      return log && { statement, log }
    } finally {
      await now.close()
    }
  }

  async close(): Promise<void> {
    await (await this.#log?.catch(() => null))?.close()
  }
}

/**
 * Verifies and reads a provisioning log; null if it is not verified. The log may have grown since its audit, and the new entries
 * prove nothing without a replay: a host that ran a stopped service could write a start into them.
 */
export async function verifiedLog(
  ledger: LedgerSource,
  { budgets = {}, signal }: Pick<LogProofsOptions, 'budgets' | 'signal'> = {},
): Promise<ProvisioningLog | null> {
  const { verdict } = await audit({ ledger, budgets, ...(signal && { signal }) })
  return verdict === 'verified' ? await readProvisioningLog(sodiumCrypto, ledger) : null
}
