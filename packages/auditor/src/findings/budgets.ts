/** Limits on the auditor's own computer, connection and time. Reaching the end of a budget does not accuse the host. */
import { changedBytes, type FileChange, type Outcome } from '@vms/format'
import {
  BudgetExceededError,
  type BudgetName,
  DOWNLOAD_BUDGETS,
  type DownloadBudgets,
} from '@vms/ledger'
import { type Finding, finding } from './finding.ts'

/** Budgets of one audit, by the name that a finding of code `BUDGET_EXCEEDED` gives as its part. */
export interface AuditBudgets extends DownloadBudgets {
  /** Bytes that the replayed calls may write: a small call can write a large file again and again. */
  readonly writtenBytes: number
  /** Mebibytes of heap of the machine, and a quarter of that for the entries of one group. */
  readonly memoryMiB: number
  /** Units of fuel of all replays together. A genesis may allow each call any amount. */
  readonly fuel: number
  /** Units of fuel of one call. If the genesis allows less, its limit applies. */
  readonly callFuel: number
  /** Milliseconds for the whole audit. Null: no limit. */
  readonly deadlineMs: number | null
}

const GiB = 1024 ** 3

/** The default budgets. `docs/spec/audit.md` has the reasons. */
export const AUDIT_BUDGETS: AuditBudgets = {
  ...DOWNLOAD_BUDGETS,
  writtenBytes: 64 * GiB,
  memoryMiB: 2_048,
  fuel: 10 ** 13,
  callFuel: 3 * 10 ** 8,
  deadlineMs: null,
}

/** Divisor for the memory that the entries of one group may take: once decoded and replayed, they take a multiple of their bytes. */
const GROUP_SHARE = 4

const MiB = 1024 ** 2

/** The finding for the end of a budget; null for another error. */
export function budgetFinding(error: unknown, entry: number | null = null): Finding | null {
  if (!(error instanceof BudgetExceededError)) return null
  const { budget, limit, used } = error
  const least = budget === 'minBytesPerSecond'
  return finding('BUDGET_EXCEEDED', {
    entry,
    part: budget,
    expected: `at ${least ? 'least' : 'most'} ${limit}`,
    got: used,
  })
}

/** Counts how much of its budgets an audit has used. */
export class BudgetMeter {
  readonly budgets: AuditBudgets
  readonly #now: () => number
  readonly #begunAt: number
  #fuel = 0
  #writtenBytes = 0

  constructor(budgets: Partial<AuditBudgets> = {}, now = () => performance.now()) {
    this.budgets = { ...AUDIT_BUDGETS, ...budgets }
    this.#now = now
    this.#begunAt = now()
  }

  /** Throws {@link BudgetExceededError} if the deadline has passed. */
  checkTime(): void {
    const { deadlineMs } = this.budgets
    if (deadlineMs === null) return
    const passed = Math.round(this.#now() - this.#begunAt)
    if (passed >= deadlineMs) this.#exceeded('deadlineMs', deadlineMs, String(passed))
  }

  /** Resolves as `work` does, or rejects with {@link BudgetExceededError} at the deadline. The work itself continues to its own end. */
  async inTime<T>(work: Promise<T>): Promise<T> {
    const { deadlineMs } = this.budgets
    if (deadlineMs === null) return await work
    const over = Promise.withResolvers<never>()
    const left = Math.max(0, deadlineMs - (this.#now() - this.#begunAt))
    const timer = setTimeout(() => {
      over.reject(new BudgetExceededError('deadlineMs', deadlineMs, `more than ${deadlineMs}`))
    }, left)
    try {
      return await Promise.race([work, over.promise])
    } finally {
      clearTimeout(timer)
      work.catch(() => {})
    }
  }

  /** Applies {@link inTime} to each of `items`. */
  async *eachInTime<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.inTime(iterator.next())
        if (next.done) return
        yield next.value
      }
    } finally {
      // Do not await it: the iterator may wait for data that never comes.
      iterator.return?.()?.then(undefined, () => {})
    }
  }

  /** Counts the bytes of entries held at one time. */
  holds(bytes: number): void {
    const { memoryMiB } = this.budgets
    if (bytes * GROUP_SHARE <= memoryMiB * MiB) return
    const needed = Math.ceil((bytes * GROUP_SHARE) / MiB)
    this.#exceeded('memoryMiB', memoryMiB, `${needed} or more: one group is too large`)
  }

  /** Counts, before a replay, the fuel that each call used according to the ledger. */
  intends(fuels: readonly number[]): void {
    const { fuel, callFuel } = this.budgets
    // Reduce instead of spreading: one request may have more calls than a function takes arguments.
    const dearest = fuels.reduce((most, one) => Math.max(most, one), 0)
    if (dearest > callFuel) this.#exceeded('callFuel', callFuel, String(dearest))
    const total = fuels.reduce((sum, one) => sum + one, this.#fuel)
    if (total > fuel) this.#exceeded('fuel', fuel, `${total} or more`)
  }

  /** Counts, after a replay, the fuel that the calls used together. */
  burned(fuel: number): void {
    this.#fuel += fuel
    if (this.#fuel > this.budgets.fuel)
      this.#exceeded('fuel', this.budgets.fuel, `${this.#fuel} or more`)
  }

  /**
   * Checks `results` of calls. A machine gets the smaller of the budget and `allowed`, the fuel per call of the genesis. If the budget was
   * smaller, a call that ran out of it says nothing about its script.
   */
  ran(results: readonly Pick<Outcome, 'abort' | 'fuel'>[], allowed: number): void {
    const { callFuel } = this.budgets
    const ranOut = results.some(({ abort, fuel }) => abort === 'fuel' && fuel >= callFuel)
    if (callFuel < allowed && ranOut) this.#exceeded('callFuel', callFuel, 'more')
    this.burned(results.reduce((sum, { fuel }) => sum + fuel, 0))
  }

  /** Counts the bytes that a group is about to write. */
  writes(changes: readonly FileChange[]): void {
    const { writtenBytes } = this.budgets
    this.#writtenBytes += changedBytes(changes)
    if (this.#writtenBytes > writtenBytes)
      this.#exceeded('writtenBytes', writtenBytes, `${this.#writtenBytes} or more`)
  }

  #exceeded(budget: BudgetName, limit: number, used: string): never {
    throw new BudgetExceededError(budget, limit, used)
  }
}
