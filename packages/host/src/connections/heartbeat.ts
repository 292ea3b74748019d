/**
 * Heartbeat of one connection. At each beat the peer must have read some of its waiting bytes, or, if none wait, must have sent
 * something since the beat before. The host cuts a peer that has left or does not read within two beats. An honest idle peer stays for
 * ever, because its platform answers pings by itself.
 */
import { every, type Timers } from '@vms/ledger'

/** The port from a heartbeat to its connection. */
export interface Beating {
  /** Bytes that wait to be sent. */
  readonly waiting: number
  /** Bytes sent so far. */
  readonly left: number
  /** Whether the host itself does not read from the peer at present, and so cannot hear it. */
  isPaused(): boolean
  /** Sends a ping. A transport that checks its peer itself has no such function. */
  ping?(): void
  cut(reason: 'unread' | 'silent'): void
}

export class Heartbeat {
  #beating: Beating
  readonly stop: () => void
  #heard = true
  /** At the beat before: the bytes sent, and whether any waited. */
  #left = 0
  #waited = false

  constructor(timers: Timers, beating: Beating, pingMs: number) {
    this.#beating = beating
    this.stop = every(timers, pingMs, () => this.#beat())
  }

  /** Call when the peer has sent something. */
  heard(): void {
    this.#heard = true
  }

  #beat(): void {
    const { waiting, left } = this.#beating
    // Bytes queued since the last beat have had no time to leave yet.
    const stands = this.#waited && left === this.#left
    this.#left = left
    this.#waited = waiting > 0
    if (waiting > 0) {
      // A pong would have to wait behind the waiting bytes.
      this.#heard = true
      if (stands) this.#beating.cut('unread')
      return
    }
    if (!this.#heard && !this.#beating.isPaused() && this.#beating.ping) {
      this.#beating.cut('silent')
      return
    }
    this.#heard = false
    this.#beating.ping?.()
  }
}
