/** The queue of admitted requests, in the order of arrival. Limits bound its requests and bytes. */
import { isUpgrade } from '@vms/format'
import { Refusal } from '../errors/refusal.ts'
import { GROUP_BYTES, type ServiceLimits } from '../settings/limits.ts'
import type { Pending } from './pending.ts'

export class Queue {
  #limits: Pick<ServiceLimits, 'queueRequests' | 'queueBytes'>
  #waiting: Pending[] = []
  #bytes = 0

  constructor(limits: Pick<ServiceLimits, 'queueRequests' | 'queueBytes'>) {
    this.#limits = limits
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Appends a request. Throws {@link Refusal} if there is no room. */
  push(pending: Pending): void {
    const full = this.#waiting.length >= this.#limits.queueRequests
    if (
      full ||
      (this.#bytes + pending.bytes.length > this.#limits.queueBytes && this.#waiting.length > 0)
    ) {
      throw new Refusal(
        'ERR_VMS_BUSY',
        `too many requests wait: ${this.#waiting.length} with ${this.#bytes} bytes`,
      )
    }
    this.#waiting.push(pending)
    this.#bytes += pending.bytes.length
  }

  /** Whether the next request is an upgrade, which forms a group of its own. */
  get upgradeNext(): boolean {
    const [first] = this.#waiting
    return first !== undefined && isUpgrade(first.request)
  }

  /** Takes the next requests for one group, with at most `calls` calls; at least one request. */
  take(calls: number): Pending[] {
    let bytes = 0
    let room = calls
    let count = 0
    for (const { request, bytes: taken } of this.#waiting) {
      const full = room < request.calls.length || bytes + taken.length > GROUP_BYTES
      if (count > 0 && (full || isUpgrade(request))) break
      count += 1
      room -= request.calls.length
      bytes += taken.length
    }
    this.#bytes -= bytes
    return this.#waiting.splice(0, count)
  }

  /** Takes all requests. */
  drain(): Pending[] {
    this.#bytes = 0
    return this.#waiting.splice(0)
  }

  /** Puts back requests that were taken and not executed, in front. */
  putBack(pending: readonly Pending[]): void {
    this.#waiting.unshift(...pending)
    for (const { bytes } of pending) this.#bytes += bytes.length
  }
}
