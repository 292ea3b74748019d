/**
 * Bytes that the host holds for its peers, over all connections: waiting frames, requests in progress, unsent answers. Each
 * connection has a limit of its own; ten thousand connections need a common one. Beyond it, the host cuts the connections that
 * hold the most. These belong to the attacker as long as honest peers read their answers.
 */

/** A part of the host that holds bytes for a peer. */
export interface ByteHolder {
  readonly heldBytes: number
  /** Ends the connection and frees its bytes. */
  cut(): void
}

/** Bytes that holders may gain before the next count. Counting ten thousand of them takes about a millisecond. */
const COUNT_BYTES = 16 * 1024 * 1024

export class HeldBytes {
  #most: number
  #holders = new Set<ByteHolder>()
  #gained = 0

  /** `most`: most bytes that all holders together may have. */
  constructor(most: number) {
    this.#most = most
  }

  add(holder: ByteHolder): void {
    this.#holders.add(holder)
  }

  delete(holder: ByteHolder): void {
    this.#holders.delete(holder)
  }

  /** Call when a holder has received `bytes` more. */
  gained(bytes: number): void {
    this.#gained += bytes
    if (this.#gained < Math.min(COUNT_BYTES, this.#most / 4)) return
    this.#gained = 0
    this.#count()
  }

  #count(): void {
    const held = [...this.#holders].map((holder) => ({ holder, bytes: holder.heldBytes }))
    let total = held.reduce((sum, { bytes }) => sum + bytes, 0)
    if (total <= this.#most) return
    held.sort((a, b) => b.bytes - a.bytes)
    for (const { holder, bytes } of held) {
      holder.cut()
      total -= bytes
      if (total <= this.#most) return
    }
  }
}
