/**
 * Limits the files of pages that the host reads and sends at one time. A visitor can ask for a file of 16 MiB with one line, on each
 * of many connections, and read none of it: without a limit that takes the memory and the disk of the host.
 */

import { AddressCounts } from '../rates/address-counts.ts'
import { PAGES_AT_ONCE, PAGES_BYTES, PAGES_PER_ADDRESS } from '../settings/limits.ts'

/** One file that the host reads and sends. */
export interface PageTransfer {
  /** Reserves so many bytes of memory until the release. False if less is left. */
  reserve(bytes: number): boolean
  /** Ends the transfer: the file is sent, or its visitor has left. */
  release(): void
}

export class PageTransfers {
  #transfers = 0
  #bytes = 0
  #addresses = new AddressCounts(PAGES_PER_ADDRESS)

  /**
   * Begins a transfer. Null if the host, or this visitor, has as many as allowed. `visitor`: null for this machine, which has no limit of
   * its own.
   */
  begin(visitor: string | null): PageTransfer | null {
    if (this.#transfers >= PAGES_AT_ONCE) return null
    if (visitor !== null && !this.#addresses.admits(visitor)) return null
    const leave = visitor === null ? () => {} : this.#addresses.enter(visitor)
    this.#transfers += 1
    let reserved = 0
    let released = false
    return {
      reserve: (bytes) => {
        if (released || this.#bytes + bytes > PAGES_BYTES) return false
        this.#bytes += bytes
        reserved += bytes
        return true
      },
      release: () => {
        if (released) return
        released = true
        this.#transfers -= 1
        this.#bytes -= reserved
        leave()
      },
    }
  }
}
