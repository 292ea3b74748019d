/**
 * Schedules the reads of ledgers that peers ask for. A frame of 20 bytes may ask for 15 MiB, so the host does few reads at one
 * time, however many peers ask. Services take turns, and so do the connections of a service, each with one read at a time.
 * While there are calls, reads get a quarter of the shared thread, and a limited number of bytes a second, because sending costs too.
 */
import { sleep, type Timers } from '@vms/ledger'

/** Answers to read at one time. Two, so that the thread can send one while the disk reads the other. */
const READS_AT_ONCE = 2

/** Milliseconds after a call for which reads give way to calls. */
const CALLS_MS = 1_000

/** While reads give way, the pause after a read, as a multiple of the read's duration. */
const PAUSE_FACTOR = 3

/** Longest such pause in milliseconds: a read that waited for a slow disk did not hold the thread. */
const PAUSE_MS = 50

/** While reads give way, bytes of answers in a second: encrypting and sending them, over the DHT above all, takes the thread later. */
const BYTES_PER_SECOND = 8 * 1024 * 1024

export class ReadScheduler {
  /** Lines by service. The first line is the next to be served. */
  #lines = new Map<object, (() => void)[]>()
  #running = 0
  /** Bytes sent since the last read began. */
  #sentBytes = 0
  #calledAt = Number.NEGATIVE_INFINITY
  readonly #timers: Timers
  readonly #now: () => number

  /** `now` gives milliseconds of a clock that never goes back. */
  constructor(timers: Timers, now = () => performance.now()) {
    this.#timers = timers
    this.#now = now
  }

  /** Called for each call: reads yield to calls for a while. */
  giveWay(): void {
    this.#calledAt = this.#now()
  }

  /** Called with the bytes that the host sent to a peer. */
  sent(bytes: number): void {
    this.#sentBytes += bytes
  }

  /** Runs `read` at the turn of `service`. */
  async run<T>(service: object, read: () => Promise<T>): Promise<T> {
    await this.#turn(service)
    const begun = this.#now()
    this.#sentBytes = 0
    try {
      return await read()
    } finally {
      void this.#rest(this.#now() - begun)
    }
  }

  /** Lets other waiting work run before the next read. */
  async #rest(tookMs: number): Promise<void> {
    await this.#timers.nextTurn()
    const sendingMs = (1_000 * this.#sentBytes) / BYTES_PER_SECOND
    const pauseMs = Math.max(sendingMs, Math.min(PAUSE_MS, PAUSE_FACTOR * tookMs))
    if (this.#givesWay) await sleep(this.#timers, pauseMs)
    this.#running -= 1
    this.#next()
  }

  get #givesWay(): boolean {
    return this.#now() - this.#calledAt < CALLS_MS
  }

  #turn(service: object): Promise<void> {
    return new Promise((resolve) => {
      const line = this.#lines.get(service)
      if (line) line.push(resolve)
      else this.#lines.set(service, [resolve])
      this.#next()
    })
  }

  #next(): void {
    const first = this.#lines.entries().next()
    if (first.done || this.#running >= (this.#givesWay ? 1 : READS_AT_ONCE)) return
    const [service, line] = first.value
    this.#running += 1
    this.#lines.delete(service)
    const begin = line.shift()
    if (line.length > 0) this.#lines.set(service, line)
    begin?.()
  }
}
