/** The duration of requests, minute by minute, for readers of a service: since the host started, at most one day. In memory only. */
import { encodeKey } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import type { Answered, Observer } from '../service/observer.ts'

/** Most minutes of one service: a day. */
const MINUTES = 1_440

/** Most minutes of all services together, about 100 bytes each. The oldest go first. */
const KEPT_MINUTES = 50_000

const MINUTE_MS = 60_000

/** One minute: its beginning in milliseconds since the epoch, requests, and the average and the longest time in milliseconds. */
export type MinuteRow = readonly [time: number, requests: number, average: number, slowest: number]

interface Minute {
  readonly service: Minute[]
  readonly time: number
  requests: number
  sum: number
  slowest: number
}

export class Latency implements Observer {
  #services = new Map<string, Minute[]>()
  #ids = new WeakMap<LedgerPort, string>()
  /** All minutes, in the order of their beginning. */
  #all: Minute[] = []
  #now: () => number

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  onAnswer(ledger: LedgerPort, { ms }: Answered): void {
    const minute = this.#minute(this.#id(ledger))
    minute.requests += 1
    minute.sum += ms
    minute.slowest = Math.max(minute.slowest, ms)
  }

  onGroup(): void {}

  onFault(): void {}

  /** The minutes of a service; empty if it had no requests. */
  rows(id: string): MinuteRow[] {
    const round = (ms: number): number => Math.round(ms * 100) / 100
    return (this.#services.get(id) ?? [])
      .slice(-MINUTES)
      .map(({ time, requests, sum, slowest }) => [
        time,
        requests,
        round(sum / requests),
        round(slowest),
      ])
  }

  #minute(id: string): Minute {
    const service = this.#services.get(id) ?? []
    const last = service.at(-1)
    const time = Math.floor(this.#now() / MINUTE_MS) * MINUTE_MS
    // If the clock goes back, continue in the last minute.
    if (last && last.time >= time) return last
    const minute: Minute = { service, time, requests: 0, sum: 0, slowest: 0 }
    service.push(minute)
    this.#services.set(id, service)
    this.#all.push(minute)
    if (this.#all.length > KEPT_MINUTES) this.#forget()
    return minute
  }

  /** Removes the older half. */
  #forget(): void {
    for (const { service } of this.#all.splice(0, KEPT_MINUTES / 2)) service.shift()
    for (const [id, minutes] of this.#services) if (minutes.length === 0) this.#services.delete(id)
  }

  #id(ledger: LedgerPort): string {
    const known = this.#ids.get(ledger)
    if (known !== undefined) return known
    const id = encodeKey(ledger.key)
    this.#ids.set(ledger, id)
    return id
  }
}
