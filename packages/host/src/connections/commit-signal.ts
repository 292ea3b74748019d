/** Tells whoever follows a service that a group of it is durable. Outlives the service's sleep. */

export class CommitSignal {
  #listeners = new Set<() => void>()

  /** Calls `listener` after each commit until the function that this returns is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A group is durable. */
  tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
