/** Intake of requests: looks each one up, then answers it with its outcome, queues it, or refuses it. */
import { type Request, requestId, upgradeIsDue } from '@vms/format'
import { Refusal } from '../errors/refusal.ts'
import { type Admission, type Admitted, admissionOf, admit, readRequest } from './admission.ts'
import type { KnownHeads } from './known-heads.ts'
import type { Pending, Recorded } from './pending.ts'
import type { Queue } from './queue.ts'
import type { Recall } from './recall.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { RequestOutcomes, RunRead } from './request-outcomes.ts'
import type { ServiceOptions } from './service-options.ts'

/** The bytes of a request, and its caller's signature. */
interface Received {
  readonly bytes: Uint8Array
  readonly signature: Uint8Array | null
}

export interface IntakeParts {
  readonly options: ServiceOptions
  readonly heads: KnownHeads
  readonly guard: ReplayGuard<Pending>
  readonly recall: Recall
  readonly requestOutcomes: RequestOutcomes
  readonly queue: Queue
  /** The refusal for every new request; null if the service takes requests. */
  readonly closed: () => Refusal | null
  /** The queue has a request, or an alarm is due. Resolves when there is no more work. */
  readonly wake: () => Promise<void>
}

export class Intake {
  #parts: IntakeParts
  #admission: Admission

  constructor(parts: IntakeParts) {
    this.#parts = parts
    this.#admission = admissionOf(parts.options, parts.heads, parts.guard)
  }

  /** Resolves with the entry of a request once that is durable, or rejects with a {@link RefusedRequest}. */
  async submit(received: Received, read: RunRead): Promise<Recorded> {
    const { options, guard, requestOutcomes } = this.#parts
    const hash = requestId(options.crypto, received.bytes)
    const id = Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1')
    // First of all, also while the service closes: a request in the ledger gets its receipt.
    const known = guard.get(id)
    if (known) return requestOutcomes.recall(known, read)
    let request: Request | null = null
    try {
      request = readRequest(this.#admission, received.bytes)
      const recalling = this.#parts.recall.backTo(request.head.length, read)
      if (recalling) {
        await recalling
        const recalled = guard.get(id)
        if (recalled) return requestOutcomes.recall(recalled, read)
      }
      this.#assertNotRefused(hash)
      const { caller } = await this.#admit(request, received)
      // While admission waited, the same request may have been queued, executed, or refused for good.
      const twin = guard.get(id)
      if (twin) return requestOutcomes.recall(twin, read)
      this.#assertNotRefused(hash)
      options.authorize?.(request, caller)
      return this.#queue({ ...received, id, requestId: hash, request, caller })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const twin = guard.get(id)
      if (twin) return requestOutcomes.recall(twin, read)
      throw requestOutcomes.refused(error, request?.head.length ?? null)
    }
  }

  #queue(request: Omit<Pending, 'settled'>): Promise<Recorded> {
    const { queue, guard, wake } = this.#parts
    const pending: Pending = { ...request, settled: Promise.withResolvers<Recorded>() }
    queue.push(pending)
    guard.pending(pending.id, pending)
    void wake()
    return pending.settled.promise
  }

  #assertNotRefused(hash: Uint8Array): void {
    const refusal = this.#parts.options.final.get(hash)
    if (refusal) throw refusal
  }

  #assertOpen(): void {
    const refusal = this.#parts.closed()
    if (refusal) throw refusal
  }

  /** After an upgrade, a refused caller first gets a head that includes it; otherwise its retry is refused too. */
  async #admit(request: Request, received: Received): Promise<Admitted> {
    const { options, requestOutcomes, wake } = this.#parts
    const { clock, execution, ledger } = options
    const scripts = () => execution.state.scripts.state
    this.#assertOpen()
    // The new script decides whether the request is valid.
    if (upgradeIsDue(scripts(), clock.now())) await wake()
    try {
      const admitted = await admit(this.#admission, request, received, clock.now())
      this.#assertOpen()
      return admitted
    } catch (error) {
      const isUpgraded = error instanceof Refusal && error.code === 'ERR_VMS_UPGRADED'
      const isToCome = scripts().since >= ledger.length && !this.#parts.closed()
      if (isUpgraded && isToCome) await requestOutcomes.nextCommit()
      throw error
    }
  }
}
