/** Alarms: calls that a script has asked the host to make later. Pending ones are files, in a folder that only the machine writes. */
import { RecordError } from '../codec/errors.ts'
import { decodeValue, encodeValue, type Value } from '../codec/value.ts'
import type { FileChange } from './files.ts'
import { alarmPath } from './reserved.ts'

export interface Alarm {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly due: number
  readonly method: string
  /** The array of arguments, encoded. */
  readonly args: Uint8Array
}

const PREFIX = alarmPath('')

const ID = /^(\d{16})-\d{16}-\d{6,}$/

/** The due time in an alarm's id. Throws {@link RecordError} if the text is no such id. */
export function alarmDue(id: string): number {
  const [, due] = ID.exec(id) ?? []
  if (due === undefined) throw new RecordError('$', `${JSON.stringify(id)} is no id of an alarm`)
  return Number(due)
}

function alarmOf(id: string, data: Uint8Array): Alarm {
  const [method, args] = decodeValue(data, { maxBytes: data.length }) as [string, Value]
  return { id, due: alarmDue(id), method, args: encodeValue(args, { maxBytes: data.length }) }
}

/** The pending alarms of a service in firing order: by due time, and then in the order in which they were set. */
export class PendingAlarms {
  /** Ordered by id, which is the order of firing. */
  readonly #alarms: readonly Alarm[]

  private constructor(alarms: readonly Alarm[]) {
    this.#alarms = alarms
  }

  /** The alarms of a folder, from the names and contents of its files. */
  static of(files: Iterable<readonly [id: string, data: Uint8Array]>): PendingAlarms {
    const alarms = Array.from(files, ([id, data]) => alarmOf(id, data))
    return new PendingAlarms(alarms.sort((a, b) => (a.id < b.id ? -1 : 1)))
  }

  get size(): number {
    return this.#alarms.length
  }

  get(id: string): Alarm | null {
    const alarm = this.#alarms[this.#placeOf(id)]
    return alarm?.id === id ? alarm : null
  }

  /** The alarm that fires next. */
  next(): Alarm | null {
    return this.#alarms[0] ?? null
  }

  /** Due times, in milliseconds since 1970. */
  get dues(): readonly number[] {
    return this.#alarms.map(({ due }) => due)
  }

  /** The pending alarms after a call. `changes` hold the alarms that the call set and cancelled. */
  apply(changes: readonly FileChange[]): PendingAlarms {
    let pending: PendingAlarms = this
    for (const change of changes) {
      if (!change.path.startsWith(PREFIX)) continue
      const id = change.path.slice(PREFIX.length)
      pending = pending.#with(id, change.kind === 'file' ? alarmOf(id, change.data) : null)
    }
    return pending
  }

  /** The pending alarms after this one fired. */
  without(id: string): PendingAlarms {
    return this.#with(id, null)
  }

  #with(id: string, alarm: Alarm | null): PendingAlarms {
    const at = this.#placeOf(id)
    const replaced = this.#alarms[at]?.id === id ? 1 : 0
    return new PendingAlarms(this.#alarms.toSpliced(at, replaced, ...(alarm ? [alarm] : [])))
  }

  /** Index of the first alarm whose id is not less than `id`. */
  #placeOf(id: string): number {
    let [low, high] = [0, this.#alarms.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#alarms[middle] as Alarm).id < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
