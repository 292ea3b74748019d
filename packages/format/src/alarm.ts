/** Alarms: what a script has asked to be called later. Pending ones are files, in a folder that only the machine writes. */
import { RecordError } from './errors.ts'
import type { FileChange } from './files.ts'
import { decodeValue, encodeValue, type Value } from './value.ts'

/** One file for each pending alarm: its name is the alarm's id, its contents the encoded value `[method, arguments]`. */
export const ALARMS_FOLDER = '/.vms/alarms'

export interface Alarm {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly due: number
  readonly method: string
  /** The array of arguments, encoded. */
  readonly args: Uint8Array
}

const PREFIX = `${ALARMS_FOLDER}/`

const ID = /^(\d{16})-\d{16}-\d{6,}$/

export const alarmPath = (id: string): string => `${PREFIX}${id}`

/** When the alarm of this id is due. Throws {@link RecordError} for what is no id. */
export function alarmDue(id: string): number {
  const [, due] = ID.exec(id) ?? []
  if (due === undefined) throw new RecordError('$', `${JSON.stringify(id)} is no id of an alarm`)
  return Number(due)
}

function alarmOf(id: string, data: Uint8Array): Alarm {
  const [method, args] = decodeValue(data, { maxBytes: data.length }) as [string, Value]
  return { id, due: alarmDue(id), method, args: encodeValue(args, { maxBytes: data.length }) }
}

/** The pending alarms of a service, kept up with what its calls change in the files. */
export class PendingAlarms {
  readonly #alarms = new Map<string, Alarm>()
  /** Ids in the order in which they are fired: that of their texts. Null when it is not known. */
  #order: string[] | null = null

  get size(): number {
    return this.#alarms.size
  }

  get(id: string): Alarm | null {
    return this.#alarms.get(id) ?? null
  }

  /** The one to be fired next: the earliest, and of several of one time the one that was set first. */
  next(): Alarm | null {
    this.#order ??= [...this.#alarms.keys()].sort()
    const [first] = this.#order
    return first === undefined ? null : this.get(first)
  }

  /** Those that are due at `time` or before. */
  dueBy(time: number): Alarm[] {
    return [...this.#alarms.values()].filter(({ due }) => due <= time)
  }

  /** Takes in a pending alarm from the contents of its file. */
  add(id: string, data: Uint8Array): void {
    this.#alarms.set(id, alarmOf(id, data))
    this.#order = null
  }

  /** It was fired or cancelled. */
  delete(id: string): void {
    this.#alarms.delete(id)
    if (this.#order?.[0] === id) this.#order.shift()
    else this.#order = null
  }

  /** Takes in what a call has changed: in it are the alarms that it set and cancelled. */
  apply(changes: readonly FileChange[]): void {
    for (const change of changes) {
      if (!change.path.startsWith(PREFIX)) continue
      const id = change.path.slice(PREFIX.length)
      if (change.kind === 'file') this.add(id, change.data)
      else this.delete(id)
    }
  }
}
