/** Counts what each address, and each IPv6 network, has open at one time. Loopback addresses do not count: they belong to a proxy or the operator. */
import { isLoopback, networksOf } from './networks.ts'

export class AddressCounts {
  #most: number
  #open = new Map<string, number>()

  /** `most`: the limit of one address. */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether an address may have one more. */
  admits(address: string): boolean {
    if (isLoopback(address)) return true
    return networksOf(address).every(
      ({ name, times }) => (this.#open.get(name) ?? 0) < this.#most * times,
    )
  }

  /** Counts one, until the caller calls the returned function. */
  enter(address: string): () => void {
    const networks = isLoopback(address) ? [] : networksOf(address)
    for (const { name } of networks) this.#open.set(name, (this.#open.get(name) ?? 0) + 1)
    let counted = true
    return () => {
      if (counted) for (const { name } of networks) this.#leave(name)
      counted = false
    }
  }

  #leave(name: string): void {
    const left = (this.#open.get(name) ?? 1) - 1
    if (left === 0) this.#open.delete(name)
    else this.#open.set(name, left)
  }
}
