/** What becomes of requests: each is answered once, and the guard knows how, should the same bytes come again. */
import { decodeEntry } from '@vms/format'
import type { Ledger } from '@vms/ledger'
import { type Group, settled } from './group.ts'
import type { Pending, Recorded } from './pending.ts'
import type { Queue } from './queue.ts'
import type { Refusal } from './refusal.ts'
import type { Known, ReplayGuard } from './replay-guard.ts'

export class Fates {
  #ledger: Ledger
  #guard: ReplayGuard<Pending>
  #queue: Queue
  #decided = Promise.withResolvers<void>()

  constructor(ledger: Ledger, guard: ReplayGuard<Pending>, queue: Queue) {
    this.#ledger = ledger
    this.#guard = guard
    this.#queue = queue
  }

  /** What became, or becomes, of a request that came before. */
  async recall(known: Known<Pending>): Promise<Recorded> {
    if (known.state === 'pending') return known.pending.settled.promise
    if (known.state === 'refused') throw known.refusal
    const entry = decodeEntry(await this.#ledger.get(known.index))
    if (entry.type !== 'calls')
      throw new Error(`entry ${known.index} is a ${entry.type}, the guard says it is a request`)
    return { index: known.index, entry }
  }

  /** Resolves when the next group is durable, or all that wait are refused. */
  nextCommit(): Promise<void> {
    return this.#decided.promise
  }

  /** A group is durable, as `blocks`. */
  committed(group: Group, blocks: readonly Uint8Array[]): void {
    this.#decide()
    for (const { pending, recorded } of settled(group, blocks)) {
      this.#guard.committed(pending.id, recorded.index, pending.request.expires)
      pending.settled.resolve(recorded)
    }
  }

  /** All that wait. */
  refuseAll(refusal: Refusal): void {
    this.#decide()
    for (const pending of this.#queue.drain()) this.refuse(pending, refusal)
  }

  refuse(pending: Pending, refusal: Refusal): void {
    this.#guard.forget(pending.id)
    pending.settled.reject(refusal)
  }

  refuseForGood(pending: Pending, refusal: Refusal): void {
    this.#guard.refused(pending.id, refusal, pending.request.expires)
    pending.settled.reject(refusal)
  }

  #decide(): void {
    this.#decided.resolve()
    this.#decided = Promise.withResolvers()
  }
}
