/** Calls its listeners when a group of a service is durable. It outlives the opening and closing of the ledger. */

export class CommitSignal {
  #listeners = new Set<() => void>()

  /** Calls `listener` after each commit, until the caller calls the returned function. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Call when a group is durable. */
  notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
