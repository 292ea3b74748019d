/**
 * The connection for the download of a ledger. It reconnects when it breaks, and the download continues at the first missing
 * block. It gives up after several connections in a row that brought no block.
 */
import { GoneError } from '../errors/errors.ts'
import { abortable } from '../process/abortable.ts'
import { type Link, whileLinked } from './link.ts'
import { isUnreachable, mayComeBack, pauseBeforeRetry } from './retry.ts'

/** Most connections in a row that bring no block. A proxy or a host that restarts is back by then. */
const FRUITLESS_TRIES = 8

/**
 * Most connections in a row before the first block. A server that closes every connection at once is no host, and the person waits for the
 * error.
 */
const FIRST_TRIES = 3

export interface ConnectionOptions {
  readonly connect: () => Promise<Link>
  /** Runs before each reconnection. Rejects if the server at that address now has another ledger. */
  readonly beforeAnew: () => Promise<void>
  /** Bytes of blocks that have arrived. More of them mean that a connection was useful. */
  readonly arrived: () => number
  /** Whether to reconnect a broken connection. Otherwise the waiting work rejects. */
  readonly remake: boolean
  readonly signal: AbortSignal | undefined
}

export class Connection {
  readonly #options: ConnectionOptions
  #link: Link | null = null
  /** Bytes received over the links that have ended. */
  #ended = 0
  #measured = false
  #tries = 0
  #arrivedAtTry = 0
  #remaking: Promise<void> | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Connects. Closes an open link first. */
  async open(): Promise<void> {
    await this.close()
    this.#link = await this.#options.connect()
    this.#measured ||= this.#link.received !== undefined
  }

  /** All bytes received, incomplete blocks included; null if the links do not count them. */
  get received(): number | null {
    return this.#measured ? this.#ended + (this.#link?.received?.() ?? 0) : null
  }

  /** Runs `work`, which needs the peer. Starts it again after a broken connection. */
  async while<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const link = this.#present()
      try {
        return await abortable(whileLinked(work(), link), this.#options.signal)
      } catch (error) {
        if (!link.lost?.aborted) throw error
        await this.#anew(link, error)
      }
    }
  }

  /** Yields `items(next)` from `start` on. After a broken connection, and once after a silence, continues at the next missing item. */
  async *each<T>(items: (next: number) => AsyncIterable<T>, start: number): AsyncGenerator<T> {
    let next = start
    for (;;) {
      const link = this.#present()
      const iterator = items(next)[Symbol.asyncIterator]()
      try {
        for (;;) {
          const item = await abortable(whileLinked(iterator.next(), link), this.#options.signal)
          if (item.done) return
          next += 1
          yield item.value
        }
      } catch (error) {
        if (!isUnreachable(error)) throw error
        await this.#anew(link, error)
      } finally {
        // Not awaited: it may wait for a block that never arrives.
        iterator.return?.().catch(() => {})
      }
    }
  }

  async close(): Promise<void> {
    const link = this.#link
    this.#link = null
    this.#ended += link?.received?.() ?? 0
    await link?.close()
  }

  #present(): Link {
    if (!this.#link) throw new TypeError('the connection is closed')
    return this.#link
  }

  /** Reconnects, unless other work has already reconnected the same link. Throws `error` after too many tries. */
  async #anew(lost: Link, error: unknown): Promise<void> {
    const { remake, signal } = this.#options
    if (!remake || signal?.aborted || error instanceof GoneError) throw error
    if (this.#link !== lost && this.#remaking === null) return
    this.#remaking ??= this.#remake(error, lost.lost?.aborted === true)
    try {
      await this.#remaking
    } finally {
      this.#remaking = null
    }
  }

  async #remake(error: unknown, cut: boolean): Promise<void> {
    const { arrived, beforeAnew, signal } = this.#options
    if (arrived() > this.#arrivedAtTry) this.#tries = 0
    let reason = error
    // Asks a silent peer once more, because a connection that a router dropped looks the same.
    if (!cut && this.#tries > 0) throw error
    for (;;) {
      this.#arrivedAtTry = arrived()
      if (this.#tries >= (arrived() === 0 ? FIRST_TRIES : FRUITLESS_TRIES)) throw reason
      await pauseBeforeRetry(this.#tries++, signal)
      try {
        await beforeAnew()
        await this.open()
        return
      } catch (failure) {
        if (!mayComeBack(failure)) throw failure
        reason = failure
      }
    }
  }
}
