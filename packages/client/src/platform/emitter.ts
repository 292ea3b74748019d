/** A small typed event emitter: browsers lack Node's, and EventTarget wraps data in events. */

type Listener<A extends unknown[]> = (...args: A) => void

/** Emits the events of `E`, a map from names to the listeners' arguments. */
export class Emitter<E extends Record<string, unknown[]>> {
  #listeners: { [K in keyof E]?: Set<Listener<E[K]>> } = {}
  #onListen: (event: keyof E) => void

  /** Calls `onListen` for each new listener. */
  constructor(onListen: (event: keyof E) => void = () => {}) {
    this.#onListen = onListen
  }

  /** Whether the event has a listener. */
  has(event: keyof E): boolean {
    return (this.#listeners[event]?.size ?? 0) > 0
  }

  /** Calls `listener` at each event, until the caller calls the returned function. */
  on<K extends keyof E>(event: K, listener: Listener<E[K]>): () => void {
    const listeners = this.#listeners[event] ?? new Set()
    this.#listeners[event] = listeners
    listeners.add(listener)
    this.#onListen(event)
    return () => listeners.delete(listener)
  }

  off<K extends keyof E>(event: K, listener: Listener<E[K]>): void {
    this.#listeners[event]?.delete(listener)
  }

  /** Calls the listeners. An error of one reaches neither the others nor the caller: it is thrown on its own, later. */
  emit<K extends keyof E>(event: K, ...args: E[K]): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...args)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
