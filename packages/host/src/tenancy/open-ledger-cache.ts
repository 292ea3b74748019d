/**
 * The open-ledger cache: which services have their ledger open. It closes the ledger of a service that has been idle for a while and
 * that no peer replicates. When it is full, it at once closes the idle ledger whose last use is oldest, a replicated one only if there
 * is no other.
 */

import { every, type Timers } from '@vms/ledger'
import { HostError } from '../errors/errors.ts'

/** A service whose ledger the cache can close. */
export interface CachedLedger {
  /** Whether the service has no work under way. */
  readonly idle: boolean
  /** Whether a peer replicates it: then the cache closes it only if there is no other room. */
  readonly followed: boolean
  /** Gives up its machine, keeps its ledger open. */
  rest(): Promise<boolean>
  /** Closes its ledger, unless the service is in use again. */
  sleep(): Promise<void>
}

export interface OpenLedgerCacheOptions {
  /** Most services awake at one time: each has a database open. */
  readonly awake: number
  /** Milliseconds without use after which a service becomes dormant. */
  readonly idleMs: number
  readonly now: () => number
  readonly timers: Timers
  readonly onError: (error: Error) => void
}

export class OpenLedgerCache {
  #options: OpenLedgerCacheOptions
  /** Time of the last use of each service, in that order. */
  #awake = new Map<CachedLedger, number>()
  /** Ends the sweeps. */
  readonly close: () => void

  constructor(options: OpenLedgerCacheOptions) {
    this.#options = options
    const { timers, idleMs } = options
    this.close = every(timers, Math.max(10, idleMs / 4), () => this.#sweep())
  }

  get count(): number {
    return this.#awake.size
  }

  /** Makes room for one more service and adds it. Throws {@link HostError} `ERR_VMS_TOO_MANY_AWAKE` if all awake services are in use. */
  async enter(sleeper: CachedLedger): Promise<void> {
    while (this.#awake.size >= this.#options.awake) {
      const idle = [...this.#awake.keys()].filter((candidate) => candidate.idle)
      const chosen = idle.find((candidate) => !candidate.followed) ?? idle[0]
      if (!chosen) {
        throw new HostError(
          'ERR_VMS_TOO_MANY_AWAKE',
          `${this.#awake.size} services are in use, and this host opens no more ledgers at one time`,
          { hint: 'try again later' },
        )
      }
      await chosen.sleep()
    }
    this.used(sleeper)
  }

  /** Call when an awake service was used. */
  used(sleeper: CachedLedger): void {
    this.#awake.delete(sleeper)
    this.#awake.set(sleeper, this.#options.now())
  }

  /** Call when a service has become dormant. */
  left(sleeper: CachedLedger): void {
    this.#awake.delete(sleeper)
  }

  #sweep(): void {
    const since = this.#options.now() - this.#options.idleMs
    for (const [sleeper, usedAt] of [...this.#awake]) {
      if (usedAt > since) return
      if (!sleeper.idle) continue
      const ending: Promise<unknown> = sleeper.followed ? sleeper.rest() : sleeper.sleep()
      ending.catch(this.#options.onError)
    }
  }
}
