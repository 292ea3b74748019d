/**
 * Fires the alarms that a service's calls have set, each when it is due and once. A call may only stand in the ledger when no alarm
 * is due before it, so whoever executes calls rings first, and gives them the time at which nothing was due any more.
 */
import {
  ALARMS_FOLDER,
  type AlarmEntry,
  alarmDue,
  alarmPath,
  type Crypto,
  entrySeed,
  type FileChange,
  PendingAlarms,
  toOutcome,
} from '@vms/format'
import type { Ledger } from '@vms/ledger'
import type { EntryClock } from './clock.ts'
import type { Epoch } from './epoch.ts'
import { ALARM_PAUSE_MS, ALARM_TRIES, GROUP_ALARMS, GROUP_CHANGE_BYTES } from './limits.ts'
import type { ScriptTrail } from './script-trail.ts'

type Files = Pick<Ledger['files'], 'list' | 'read'>

/** When the next alarm is due, in milliseconds since 1970, by the files alone; null if none is pending. */
export async function nextAlarm(files: Files): Promise<number | null> {
  const [first] = await files.list(ALARMS_FOLDER, { recursive: false })
  return first ? alarmDue(first.name) : null
}

/** All that are pending. */
export async function pendingAlarms(files: Files): Promise<PendingAlarms> {
  const pending = new PendingAlarms()
  for (const { name } of await files.list(ALARMS_FOLDER, { recursive: false })) {
    const data = await files.read(alarmPath(name))
    if (data) pending.add(name, data)
  }
  return pending
}

/** What ringing came to. */
export interface Rung {
  readonly entries: AlarmEntry[]
  readonly changes: FileChange[]
  /** A time for the next entry at which nothing was due; null if something still is. */
  readonly time: number | null
  /** Whether something is due and there is no machine for it. Then alarms pause. */
  readonly blocked: boolean
}

export interface AlarmClockOptions {
  readonly pending: PendingAlarms
  readonly epoch: Epoch
  readonly trail: Pick<ScriptTrail, 'due' | 'isDue'>
  readonly clock: EntryClock
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  /** Called when an alarm, or an upgrade of the script, falls due. */
  readonly onDue: () => void
}

/** The longest that a timer can wait, in milliseconds. */
const TIMER_MS = 2 ** 31 - 1

export class AlarmClock {
  #options: AlarmClockOptions
  #timer: NodeJS.Timeout | undefined
  /** Times that the next alarm cost a machine. */
  #tries = 0
  #pausedUntil = 0

  constructor(options: AlarmClockOptions) {
    this.#options = options
  }

  /** When the next alarm is due, in milliseconds since 1970; null if none is pending. */
  get next(): number | null {
    return this.#options.pending.next()?.due ?? null
  }

  /** Whether there is something to do now: an alarm to ring, or an upgrade to be taken into effect. */
  get isDue(): boolean {
    const now = this.#options.clock.now()
    return Math.max(this.#wakeAt, this.#pausedUntil) <= now
  }

  get #wakeAt(): number {
    const never = Number.POSITIVE_INFINITY
    return Math.min(this.next ?? never, this.#options.trail.due ?? never)
  }

  /** Sets the timer for what is due next; `now`: something else is. */
  arm(now = false): void {
    clearTimeout(this.#timer)
    if (now) this.#options.onDue()
    if (now || this.#wakeAt === Number.POSITIVE_INFINITY) return
    const ms = Math.max(this.#wakeAt, this.#pausedUntil) - this.#options.clock.now()
    this.#timer = setTimeout(
      () => (this.isDue ? this.#options.onDue() : this.arm()),
      Math.min(Math.max(ms, 0), TIMER_MS),
    )
  }

  /** There is no machine for them now: they are late. Calls that come meanwhile try again. */
  pause(): void {
    this.#pausedUntil = this.#options.clock.now() + ALARM_PAUSE_MS
  }

  /** Another script may run where this one did not. */
  resume(): void {
    this.#pausedUntil = 0
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Calls have set or cancelled alarms. */
  changed(changes: readonly FileChange[]): void {
    this.#options.pending.apply(changes)
  }

  /** Fires what is due, in order, as entries from `position` on: until nothing is, the group is full, or a boot has to come first. */
  async ring(position: number): Promise<Rung> {
    const { pending, epoch, clock, trail } = this.#options
    const entries: AlarmEntry[] = []
    const changes: FileChange[] = []
    let bytes = 0
    for (;;) {
      const time = clock.tick()
      // The new script has to boot first.
      if (trail.isDue(time)) return { entries, changes, time: null, blocked: false }
      const alarm = pending.next()
      if (!alarm || alarm.due > time) return { entries, changes, time, blocked: false }
      const blocked = epoch.bootDue && entries.length === 0
      if (blocked) this.pause()
      const full = entries.length >= GROUP_ALARMS || bytes >= GROUP_CHANGE_BYTES
      if (full || epoch.bootDue) return { entries, changes, time: null, blocked }
      const fired = await this.#fire(alarm.id, position, position + entries.length, time)
      if (!fired) return { entries, changes, time: null, blocked: false }
      entries.push(fired.entry)
      for (const change of fired.changes) changes.push(change)
      bytes += fired.changes.reduce(
        (sum, change) => sum + (change.kind === 'file' ? change.data.length : 0),
        0,
      )
    }
  }

  /** Null if the machine was lost: there will be another try. After some of them the alarm is given up, and the ledger says so. */
  async #fire(
    id: string,
    group: number,
    position: number,
    time: number,
  ): Promise<{ entry: AlarmEntry; changes: readonly FileChange[] } | null> {
    const { pending, epoch, crypto, ledgerKey } = this.#options
    const alarm = pending.get(id)
    if (!alarm) throw new Error(`the alarm ${id} is not pending`)
    const { due, method, args } = alarm
    const seed = entrySeed(crypto, ledgerKey, 'alarm', position)
    const run = this.#tries < ALARM_TRIES ? { method, args } : null
    const result = await epoch.alarm({ id, position, time, seed, run }, group)
    if (!result) {
      this.#tries += 1
      return null
    }
    this.#tries = 0
    pending.delete(id)
    pending.apply(result.changes)
    const outcome = toOutcome(crypto, result)
    return {
      entry: { type: 'alarm', id, due, method, args, time, outcome, root: null, files: null },
      changes: [{ path: alarmPath(id), kind: 'deleted' }, ...result.changes],
    }
  }
}
