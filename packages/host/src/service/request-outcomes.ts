/** Answers of requests: the host answers each once, and remembers the answer for the same bytes. */
import { decodeEntry } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { busy, type Refusal, RefusedRequest } from '../errors/refusal.ts'
import type { RefusalStore } from './final-refusals.ts'
import { type Group, settled } from './group.ts'
import type { Pending, Recorded } from './pending.ts'
import type { Queue } from './queue.ts'
import type { Known, ReplayGuard } from './replay-guard.ts'

export interface RequestOutcomesOptions {
  readonly ledger: LedgerPort
  readonly guard: ReplayGuard<Pending>
  readonly final: RefusalStore
  readonly queue: Queue
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Runs a read of the ledger at its turn: a repeated request has 200 bytes, and its answer may have 15 MiB. */
export type RunRead = <T>(work: () => Promise<T>) => Promise<T>

export class RequestOutcomes {
  #options: RequestOutcomesOptions
  #decided = Promise.withResolvers<void>()

  constructor(options: RequestOutcomesOptions) {
    this.#options = options
  }

  /** The outcome of a request submitted before, or the promise of it. */
  async recall(known: Known<Pending>, read: RunRead): Promise<Recorded> {
    if (known.state === 'pending') return known.pending.settled.promise
    const block = await read(() => this.#options.ledger.get(known.index))
    const entry = decodeEntry(block)
    if (entry.type !== 'calls')
      throw new Error(`entry ${known.index} is a ${entry.type}, the guard says it is a request`)
    return { index: known.index, time: entry.time, outcomes: entry.outcomes, block }
  }

  /** Resolves when the next group is durable, or all waiting requests are refused. */
  nextCommit(): Promise<void> {
    return this.#decided.promise
  }

  /** Settles the requests of a durable group. `blocks`: its entries as bytes. */
  committed(group: Group, blocks: readonly Uint8Array[]): void {
    this.#decide()
    const { guard, final, ledger } = this.#options
    for (const { pending, recorded } of settled(group, blocks)) {
      guard.committed(pending.id, recorded.index, recorded.time)
      pending.settled.resolve(recorded)
    }
    const last = group.entries.at(-1)
    if (!last || last.type === 'genesis') return
    guard.advance(ledger.length, last.time)
    final.advance(last.time)
  }

  /** Refuses all requests in the queue. */
  refuseAll(refusal: Refusal): void {
    this.#decide()
    this.refuseThese(this.#options.queue.drain(), refusal)
  }

  refuseThese(requests: readonly Pending[], refusal: Refusal): void {
    for (const pending of requests) this.refuse(pending, refusal)
  }

  /** Refuses a request that did not run. It has left no trace, so the caller may send the same bytes again. */
  refuse(pending: Pending, refusal: Refusal): void {
    pending.settled.reject(this.refused(refusal, pending.request.head.length))
    this.#options.guard.forget(pending.id)
  }

  /** Refuses a request for good. Every sender of the same bytes waits until the refusal is durable. After a crash before that, none of them has an answer. */
  async refuseForGood(pending: Pending, refusal: Refusal): Promise<void> {
    const { final } = this.#options
    if (!final.hasRoom)
      return this.refuse(pending, busy('too many requests ran into a backstop of the machine'))
    await final.add(pending.requestId, refusal, pending.request.expires)
    this.refuse(pending, refusal)
  }

  /**
   * The refusal of a request that is in no entry that the host knows, at this instant. `head`: the length of the head that
   * it names; null for bytes that no entry can hold.
   */
  refused(refusal: Refusal, head: number | null): RefusedRequest {
    const { ledger, guard, now } = this.#options
    const { length, treeHash } = ledger.head
    const time = Math.max(0, Math.floor(now()))
    const covers = guard.covers(head)
    return new RefusedRequest(refusal, { ledger: ledger.key, covers, length, treeHash, time })
  }

  #decide(): void {
    this.#decided.resolve()
    this.#decided = Promise.withResolvers()
  }
}
