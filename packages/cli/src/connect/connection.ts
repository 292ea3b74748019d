/**
 * The connection for the download of a ledger. It reconnects when it breaks, and the download continues at the first missing
 * block. It gives up after several connections in a row without a block.
 */
import { GoneError } from '../errors/errors.ts'
import { abortable } from '../process/abortable.ts'
import { type Link, whileLinked } from './link.ts'
import { isUnreachable, mayComeBack, pauseBeforeRetry } from './retry.ts'

/** Most connections in a row without a block: a proxy or a restarting host is back by then. */
const FRUITLESS_TRIES = 8

/** The same before the first block of all: what closes every connection at once is no host, and the person waits for that answer. */
const FIRST_TRIES = 3

export interface ConnectionOptions {
  readonly connect: () => Promise<Link>
  /** Rejects if the server at that address now has another ledger. */
  readonly beforeAnew: () => Promise<void>
  /** Bytes of blocks that have arrived: a connection that brought some was worth it. */
  readonly arrived: () => number
  /** Whether a connection that is cut is made anew here; otherwise whoever waits is told. */
  readonly remake: boolean
  readonly signal: AbortSignal | undefined
}

export class Connection {
  readonly #options: ConnectionOptions
  #link: Link | null = null
  /** Bytes that links carried which have ended. */
  #ended = 0
  #measured = false
  #tries = 0
  #arrivedAtTry = 0
  #remaking: Promise<void> | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Connects, the first time and whenever it is asked for. */
  async open(): Promise<void> {
    await this.close()
    this.#link = await this.#options.connect()
    this.#measured ||= this.#link.received !== undefined
  }

  /** Bytes that were received, whatever they were; null where the connection does not say. */
  get received(): number | null {
    return this.#measured ? this.#ended + (this.#link?.received?.() ?? 0) : null
  }

  /** What `work` gives, which needs the other side; it is begun anew after a cut. */
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

  /** Each of `items(next)` from `start` on; after a cut, and once after a silence, from the next that is missing. */
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
        // It may hang on something that does not come any more.
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

  /** Reconnects, unless another caller has already reconnected the same link. Throws `error` after too many tries. */
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
    // A silent peer is asked once more: a connection that a router forgot looks the same.
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
