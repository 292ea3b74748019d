/**
 * Notes about a history for the reader: boots whose reason no entry shows, and the first and last time in the entries. Honest hosts cause
 * these too, so the notes are no accusation.
 */
import type { Entry } from '../entries/entry.ts'

/** Boots whose reason no entry shows. At each boot a script loses its memory. */
export interface UnexplainedBoots {
  /** The host claims that its process restarted. */
  readonly restart: number
  /** The host claims that it refused a request, and that the refusal ended the machine. */
  readonly refusal: number
}

/** Milliseconds since 1970, by the host's clock. */
export interface TimeSpan {
  readonly first: number
  readonly last: number
  /** Milliseconds by which the last entry is ahead of the auditor's clock; 0 if it is not. */
  readonly aheadMs: number
}

export class HistoryNotes {
  #restart = 0
  #refusal = 0
  #first: number | null = null
  #last = 0

  /** Adds the next entry. */
  take(entry: Entry): void {
    if (entry.type === 'genesis') return
    this.#first ??= entry.time
    this.#last = entry.time
    if (entry.type !== 'boot') return
    if (entry.reason === 'restart') this.#restart += 1
    if (entry.reason === 'refusal') this.#refusal += 1
  }

  get boots(): UnexplainedBoots {
    return { restart: this.#restart, refusal: this.#refusal }
  }

  /** Null if there is no entry with a time. */
  span(now: number): TimeSpan | null {
    if (this.#first === null) return null
    return { first: this.#first, last: this.#last, aheadMs: Math.max(0, this.#last - now) }
  }
}
