/**
 * A table of request ids in the order of the ledger, in typed arrays: some 40 bytes for each. A host remembers the requests of 20 minutes, and
 * under load these are millions. In a map of strings and objects each took some 150 bytes.
 *
 * The table keeps the first 16 bytes of an id, so two requests with equal first halves count as one. Such a pair costs 2^64 hashes and gains
 * nothing: the sender of the second gets the reply to the first, which does not fit its request.
 */

/** Words of 4 bytes that the table keeps of an id. */
const KEY_WORDS = 4

const FIRST_ROWS = 256

/** The place of a request in the ledger. */
export interface IdRow {
  readonly index: number
  /** Of its entry, in milliseconds since 1970. */
  readonly time: number
}

/** The word number `at` of an id, a string with one byte in each character. */
function wordOf(id: string, at: number): number {
  const first = 4 * at
  // Past the end of a short id the code is NaN, which counts as 0.
  return (
    (id.charCodeAt(first) |
      (id.charCodeAt(first + 1) << 8) |
      (id.charCodeAt(first + 2) << 16) |
      (id.charCodeAt(first + 3) << 24)) >>>
    0
  )
}

export class IdTable {
  #keys = new Uint32Array(FIRST_ROWS * KEY_WORDS)
  #indexes = new Float64Array(FIRST_ROWS)
  #times = new Float64Array(FIRST_ROWS)
  /** Rows by their keys, each as its number and 1; 0 for none. Rows before `#start` may still be in it. */
  #slots = new Uint32Array(2 * FIRST_ROWS)
  #start = 0
  #end = 0

  get size(): number {
    return this.#end - this.#start
  }

  /** Index of the entry of a request; null if the table does not hold the id. */
  get(id: string): number | null {
    const mask = this.#slots.length - 1
    for (let slot = wordOf(id, 0) & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] as number) - 1
      if (row < 0) return null
      if (row >= this.#start && this.#isAt(row, id)) return this.#indexes[row] as number
    }
  }

  /** Adds an id behind all others. */
  push(id: string, { index, time }: IdRow): void {
    if (this.#end === this.#indexes.length) this.prepend([])
    const row = this.#end++
    for (let i = 0; i < KEY_WORDS; i++) this.#keys[row * KEY_WORDS + i] = wordOf(id, i)
    this.#indexes[row] = index
    this.#times[row] = time
    this.#link(row)
  }

  /** Puts ids before all others, in their order. The arrays are made anew, with room for more. */
  prepend(rows: readonly (IdRow & { readonly id: string })[]): void {
    const [keys, indexes, times] = [this.#keys, this.#indexes, this.#times]
    const [start, end] = [this.#start, this.#end]
    this.#allocate(rows.length + this.size)
    for (const row of rows) this.push(row.id, row)
    const at = this.#end
    this.#keys.set(keys.subarray(start * KEY_WORDS, end * KEY_WORDS), at * KEY_WORDS)
    this.#indexes.set(indexes.subarray(start, end), at)
    this.#times.set(times.subarray(start, end), at)
    this.#end = at + end - start
    for (let row = at; row < this.#end; row++) this.#link(row)
  }

  /** The first row; null if there is none. */
  first(): IdRow | null {
    if (this.size === 0) return null
    const row = this.#start
    return { index: this.#indexes[row] as number, time: this.#times[row] as number }
  }

  /** Forgets the first row. */
  shift(): void {
    this.#start += 1
  }

  #isAt(row: number, id: string): boolean {
    for (let i = 0; i < KEY_WORDS; i++)
      if (this.#keys[row * KEY_WORDS + i] !== wordOf(id, i)) return false
    return true
  }

  #link(row: number): void {
    const mask = this.#slots.length - 1
    let slot = (this.#keys[row * KEY_WORDS] as number) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = row + 1
  }

  /** Empty arrays with room for `rows` rows and half of them again. */
  #allocate(rows: number): void {
    const capacity = Math.max(FIRST_ROWS, Math.ceil(1.5 * rows))
    this.#keys = new Uint32Array(capacity * KEY_WORDS)
    this.#indexes = new Float64Array(capacity)
    this.#times = new Float64Array(capacity)
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(1.5 * capacity)))
    this.#start = 0
    this.#end = 0
  }
}
