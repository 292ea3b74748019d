/**
 * Budgets of a download: all bytes, and the lowest rate. A silent peer counts as no peer. Without a lowest rate, a peer that
 * sends a block every few seconds would keep its reader for ever.
 *
 * The rate is that of blocks which the signed tree covers. A large block takes long on a slow link and is one arrival, so
 * what the connection carries since the last block counts as well, up to the size of the largest block.
 */
import { BudgetExceededError, UnreachableError } from '../errors/errors.ts'

/** Budgets of everything that one replica downloads. */
export interface DownloadBudgets {
  /** Bytes in all: a host must not fill the reader's disk. */
  readonly downloadBytes: number
  /** Least rate of a download that a caller waits for, in bytes per second, on average over `silenceMs`. */
  readonly minBytesPerSecond: number
  /** Milliseconds without a byte after which a peer counts as gone. The reader also bears a rate below the least for this long. */
  readonly silenceMs: number
}

const GiB = 1024 ** 3

/** The default budgets. `docs/spec/audit.md` gives the reasons. */
export const DOWNLOAD_BUDGETS: DownloadBudgets = {
  downloadBytes: 64 * GiB,
  minBytesPerSecond: 2_048,
  silenceMs: 30_000,
}

/** Bytes of the largest block, with its proof. */
const BLOCK_BYTES = 16 * 1024 * 1024

/** Milliseconds between two checks while a caller waits. */
const LOOK_MS = 250

/** Milliseconds without a block after which the reader looks for a reason on its own side. */
const STALLED_MS = 2_000

/** Counts the arriving bytes, and ends a download that takes too much or comes too slowly. */
export class DownloadMonitor {
  readonly budgets: DownloadBudgets
  readonly #received: () => number
  readonly #now: () => number
  readonly #whyStalled: () => Error | null
  /** Time at which the last block arrived, or at which the wait for one began. */
  #arrivedAt = 0
  #blockBytes = 0
  /** Once a budget is exceeded, it stays exceeded. */
  #exceeded: BudgetExceededError | null = null
  /** Milliseconds that the reader will still wait. Each block adds the time that its bytes may take at the least rate. */
  #allowanceMs: number
  /** Time at which the allowance was last counted. */
  #countedAt = 0
  #waiting = 0
  /** Bytes that the connections had carried when the last block arrived, and at the last check. */
  #atLastBlock = 0
  #seen = 0
  /** Time at which a connection last carried a byte. */
  #heardAt = 0

  /**
   * `received`: bytes that the connections have carried so far, whatever they were. `whyStalled`: asked once no block has
   * arrived for {@link STALLED_MS}, for a reason on this side.
   */
  constructor(
    budgets: DownloadBudgets,
    received: () => number,
    {
      now = () => performance.now(),
      whyStalled = () => null,
    }: { readonly now?: () => number; readonly whyStalled?: () => Error | null } = {},
  ) {
    this.budgets = budgets
    this.#received = received
    this.#now = now
    this.#whyStalled = whyStalled
    this.#allowanceMs = budgets.silenceMs
  }

  /** Bytes so far: of blocks, or of the connection if that is more. */
  get bytes(): number {
    return Math.max(this.#blockBytes, this.#received())
  }

  /** Bytes of blocks that have arrived. */
  get blockBytes(): number {
    return this.#blockBytes
  }

  /** A block of so many bytes has arrived. */
  arrived(bytes: number): void {
    this.#count()
    this.#blockBytes += bytes
    this.#arrivedAt = this.#countedAt
    const { minBytesPerSecond, silenceMs } = this.budgets
    const earnedMs = (bytes * 1_000) / minBytesPerSecond
    this.#allowanceMs = Math.min(silenceMs, this.#allowanceMs + earnedMs)
    this.#atLastBlock = this.#received()
  }

  /** Bytes that may still come. */
  get left(): number {
    return Math.max(0, this.budgets.downloadBytes - this.bytes)
  }

  /** Whether `bytes` more would be within the budget. */
  fits(bytes: number): boolean {
    return this.bytes + bytes <= this.budgets.downloadBytes
  }

  /** Throws {@link BudgetExceededError} if `bytes` more would be too many. */
  mustFit(bytes: number): void {
    if (this.#exceeded) throw this.#exceeded
    const { downloadBytes } = this.budgets
    if (!this.fits(bytes))
      throw new BudgetExceededError('downloadBytes', downloadBytes, `${this.bytes + bytes} or more`)
  }

  /**
   * Waits for `work`, which needs something from a peer. Throws {@link BudgetExceededError}, or {@link UnreachableError} if
   * nothing comes at all.
   */
  async wait<T>(work: Promise<T>, what: string): Promise<T> {
    const late = Promise.withResolvers<never>()
    this.#begin()
    const look = setInterval(() => {
      const error = this.#exceeded ?? this.#stalled() ?? this.#late(what)
      if (error instanceof BudgetExceededError) this.#exceeded = error
      if (error) late.reject(error)
    }, LOOK_MS)
    try {
      return await Promise.race([work, late.promise])
    } finally {
      clearInterval(look)
      this.#count()
      this.#waiting -= 1
      work.catch(() => {})
    }
  }

  #begin(): void {
    this.#count()
    this.#waiting += 1
    if (this.#waiting > 1) return
    // The rate counts only while a reader waits.
    this.#heardAt = this.#now()
    this.#arrivedAt = this.#heardAt
    this.#seen = this.#received()
  }

  #count(): void {
    const now = this.#now()
    if (this.#waiting > 0) this.#allowanceMs -= now - this.#countedAt
    this.#countedAt = now
  }

  #stalled(): Error | null {
    return this.#now() - this.#arrivedAt < STALLED_MS ? null : this.#whyStalled()
  }

  #late(what: string): Error | null {
    const { downloadBytes, minBytesPerSecond, silenceMs } = this.budgets
    this.#count()
    const received = this.#received()
    if (received !== this.#seen) this.#heardAt = this.#now()
    this.#seen = received
    if (this.bytes > downloadBytes)
      return new BudgetExceededError('downloadBytes', downloadBytes, String(this.bytes))
    const silentMs = this.#now() - this.#heardAt
    if (silentMs >= silenceMs) {
      // The reader may try another connection next. It starts with a full allowance.
      this.#allowanceMs = silenceMs
      return new UnreachableError(what, silenceMs)
    }
    const onTheWay = Math.min(BLOCK_BYTES, received - this.#atLastBlock)
    const leftMs = this.#allowanceMs + (onTheWay * 1_000) / minBytesPerSecond
    // A peer that has just fallen silent gets time to speak, or to count as gone.
    if (leftMs > 0 || silentMs > silenceMs / 2) return null
    return new BudgetExceededError(
      'minBytesPerSecond',
      minBytesPerSecond,
      `less, for ${silenceMs / 1_000} s`,
    )
  }
}
