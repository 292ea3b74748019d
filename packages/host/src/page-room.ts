/**
 * Room for the files of pages that are being read and sent. A visitor can ask for a file of 16 MiB with a line, on each of many
 * connections, and read none of it: without a bound that takes the memory and the disk of the host.
 */
import { PAGES_AT_ONCE, PAGES_BYTES, PAGES_PER_ADDRESS } from './limits.ts'
import { AddressCounts } from './operating/address-counts.ts'

/** One file that is being read and sent. */
export interface PagePlace {
  /** Whether there is room for so many bytes of it; then they are held until it leaves. */
  hold(bytes: number): boolean
  /** The file is sent, or its visitor is gone. */
  leave(): void
}

export class PageRoom {
  #places = 0
  #bytes = 0
  #addresses = new AddressCounts(PAGES_PER_ADDRESS)

  /** A place for one more file; null if there is none for this visitor. `visitor`: null for this machine, which is not counted. */
  enter(visitor: string | null): PagePlace | null {
    if (this.#places >= PAGES_AT_ONCE) return null
    if (visitor !== null && !this.#addresses.admits(visitor)) return null
    const leave = visitor === null ? () => {} : this.#addresses.enter(visitor)
    this.#places += 1
    let held = 0
    let inside = true
    return {
      hold: (bytes) => {
        if (!inside || this.#bytes + bytes > PAGES_BYTES) return false
        this.#bytes += bytes
        held += bytes
        return true
      },
      leave: () => {
        if (!inside) return
        inside = false
        this.#places -= 1
        this.#bytes -= held
        leave()
      },
    }
  }
}
