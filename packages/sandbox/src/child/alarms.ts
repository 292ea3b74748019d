/**
 * Stores alarms as files in a folder of the machine's own. So an alarm and its call succeed or fail together. Alarms survive whatever the
 * files survive, and the files head covers them.
 */

import { ALARMS_FOLDER, alarmPath, RESERVED_FOLDER } from '@vms/format/reserved'
import type { FileSystem } from '../files/file-system.ts'
import { alarmSoonestMs, type MachineLimits } from '../protocol/limits.ts'
import type { Moment } from '../protocol/types.ts'

/** The largest time that a Date can hold. */
const lastTime = 8.64e15

/** Digits of a time and of an index in an id. The text order of ids is the order in which alarms fire. */
const idDigits = { due: 16, position: 16, number: 6 }

const idPattern = /^\d{16}-\d{16}-\d{6,}$/

export class Alarms {
  readonly #files: FileSystem
  readonly #limits: Pick<MachineLimits, 'alarms' | 'alarmAheadMs'>
  #moment: Pick<Moment, 'time' | 'position'> = { time: 0, position: -1 }
  /** Number of alarms that calls set at this position, dropped ones included. */
  #set = 0
  /** Number of pending alarms as the current call sees them; null until it asks. */
  #pending: number | null = null

  constructor(files: FileSystem, limits: Pick<MachineLimits, 'alarms' | 'alarmAheadMs'>) {
    this.#files = files
    this.#limits = limits
  }

  /** A call begins. */
  begin({ time, position }: Moment): void {
    if (position !== this.#moment.position) this.#set = 0
    this.#moment = { time, position }
    this.#pending = null
  }

  /** Sets an alarm and returns its id, `far` or `full`. `asked`: whole milliseconds since 1970. @throws Abort */
  set(asked: number, data: Uint8Array): string {
    const { time, position } = this.#moment
    const due = Math.max(asked, time + alarmSoonestMs)
    if (due > Math.min(time + this.#limits.alarmAheadMs, lastTime)) return 'far'
    this.#pending ??= this.ids().length
    if (this.#pending >= this.#limits.alarms) return 'full'
    for (const folder of [RESERVED_FOLDER, ALARMS_FOLDER])
      if (!this.#files.has(folder)) this.#files.mkdir(folder)
    const id = [
      String(due).padStart(idDigits.due, '0'),
      String(position).padStart(idDigits.position, '0'),
      String(this.#set).padStart(idDigits.number, '0'),
    ].join('-')
    this.#files.writeFile(alarmPath(id), data)
    this.#set += 1
    this.#pending += 1
    return id
  }

  /** Cancels an alarm. Returns whether it was pending. */
  cancel(id: string): boolean {
    if (!idPattern.test(id) || !this.#files.has(alarmPath(id))) return false
    this.#files.unlink(alarmPath(id))
    if (this.#pending !== null) this.#pending -= 1
    return true
  }

  /** Ids of the pending alarms, in the order in which they are due. */
  ids(): string[] {
    if (!this.#files.has(ALARMS_FOLDER)) return []
    return this.#files.readdir(ALARMS_FOLDER, false).map(({ name }) => name)
  }

  read(id: string): Uint8Array {
    return this.#files.readFile(alarmPath(id))
  }
}
