/**
 * A lying host: a real one whose ports are wrapped. What it is told to do to a call happens between a real machine and a
 * real ledger, so all of it is signed by the service's own keys and replicated as it stands.
 */
import {
  ALARMS_FOLDER,
  alarmPath,
  type Entry,
  type FileChange,
  type FilesHead,
  SCRIPT_FILE,
} from '@vms/format'
import type { HostPorts } from '@vms/host'
import { type Group, Ledger } from '@vms/ledger'
import {
  type BootReport,
  type CallResult,
  Machine,
  type MachineAlarm,
  type MachineOptions,
  type MachineRequest,
} from '@vms/sandbox'
import { vi } from 'vitest'
import { Drive } from '../../packages/ledger/src/files/drive.ts'

/** What to do otherwise. A hook gives what it is given, changed; what is not named is done as it should be. */
export interface Lie {
  /** How the machine is started. */
  machine?(options: MachineOptions): MachineOptions
  /** What the machine says of its boot. */
  booted?(report: BootReport): BootReport
  /** What the machine is asked to run. */
  asked?(request: MachineRequest): MachineRequest
  /** What the machine answers to the call with this number. */
  answered?(result: CallResult, call: number): CallResult
  /** Which alarm the machine is to fire. */
  rung?(alarm: MachineAlarm): MachineAlarm
  /** The files of alarms, by id, as the ledger gives them to a host that starts. */
  alarms?(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array>
  /** The file that says which script runs, as the ledger gives it to a host that starts. */
  scriptFile?(data: Uint8Array | null): Uint8Array | null
  /** What is committed. */
  group?(group: Group): Group
  /** What the ledger says of the drive. */
  filesHead?(head: FilesHead): FilesHead
  /** What is written and signed into the drive after a group, and left out of its files head. */
  readonly besides?: readonly FileChange[]
}

/** Wraps what a host runs on. It is honest until told a lie, and again after {@link repent}. */
export class Liar {
  #lie: Lie = {}
  /** How often a hook was used since the lie was told. */
  told = 0
  /** Milliseconds by which its clock is ahead. */
  aheadMs = 0
  /** Groups that were committed, as they were handed to the ledger. */
  readonly groups: Group[] = []

  tell(lie: Lie): void {
    this.#lie = lie
    this.told = 0
  }

  repent(): void {
    this.#lie = {}
  }

  /** The newest entry of this type, as it was handed to the ledger. */
  entry<T extends Entry['type']>(type: T): Extract<Entry, { type: T }> {
    const found = this.groups
      .flatMap(({ entries }) => entries)
      .findLast((entry): entry is Extract<Entry, { type: T }> => entry.type === type)
    if (!found) throw new Error(`no ${type} entry was committed yet`)
    return found
  }

  /** For `createHost`. */
  get ports(): Partial<HostPorts> {
    return {
      now: () => Date.now() + this.aheadMs,
      startMachine: async (options) =>
        this.#machine(await Machine.start(this.#apply('machine', options))),
      openLedger: async (...given) => this.#ledger(await Ledger.open(...given)),
      createLedger: async (...given) => this.#ledger(await Ledger.create(...given)),
    }
  }

  #machine(machine: Machine): Machine {
    const { alarm, boot, run } = machine
    machine.alarm = (honest, group) => alarm.call(machine, this.#apply('rung', honest), group)
    machine.boot = async (moment) => this.#apply('booted', await boot.call(machine, moment))
    machine.run = async (requests) => {
      const report = await run.call(
        machine,
        requests.map((request) => this.#apply('asked', request)),
      )
      const done = report.done.map(({ results }) => ({
        results: results.map((result, call) => this.#apply('answered', result, call)),
      }))
      return { ...report, done }
    }
    return machine
  }

  #ledger(ledger: Ledger): Ledger {
    this.#alarmFiles(ledger)
    const { commit } = ledger
    ledger.commit = async (honest) => {
      // Without the encodings of the honest entries: the ledger encodes what the lie left.
      const { entries, changes } = this.#apply('group', honest)
      const group = { entries, changes }
      this.groups.push(group)
      const stops = [
        this.#lie.filesHead ? this.#misstateFiles() : () => {},
        this.#lie.besides ? this.#writeBesides(this.#lie.besides) : () => {},
      ]
      try {
        return await commit.call(ledger, group)
      } finally {
        for (const stop of stops) stop()
      }
    }
    return ledger
  }

  #alarmFiles({ files }: Ledger): void {
    const { list, read } = files
    const known = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
      const found = new Map<string, Uint8Array>()
      for (const { name } of await list.call(files, ALARMS_FOLDER, { recursive: false }))
        found.set(name, (await read.call(files, alarmPath(name))) as Uint8Array)
      return this.#apply('alarms', found)
    }
    files.list = async (path, options) => {
      if (path !== ALARMS_FOLDER || !this.#lie.alarms) return list.call(files, path, options)
      const stat = { kind: 'file', size: 0, mtime: 0 } as const
      return [...(await known()).keys()].map((name) => ({ name, stat }))
    }
    files.read = async (path) => {
      if (path === SCRIPT_FILE) return this.#apply('scriptFile', await read.call(files, path))
      const id = path.slice(ALARMS_FOLDER.length + 1)
      if (path !== alarmPath(id) || !this.#lie.alarms) return read.call(files, path)
      return (await known()).get(id) ?? null
    }
  }

  // The one thing that a ledger takes from no one: it reads the head off its drive when it commits.
  #misstateFiles(): () => void {
    const { get } = Object.getOwnPropertyDescriptor(Drive.prototype, 'head') as {
      get: () => FilesHead
    }
    const apply = (head: FilesHead): FilesHead => this.#apply('filesHead', head)
    const spy = vi.spyOn(Drive.prototype, 'head', 'get').mockImplementation(function (this: Drive) {
      return apply(get.call(this))
    })
    return () => spy.mockRestore()
  }

  #writeBesides(changes: readonly FileChange[]): () => void {
    const { write } = Drive.prototype
    let named: FilesHead | null = null
    const head = Object.getOwnPropertyDescriptor(Drive.prototype, 'head') as { get(): FilesHead }
    const writing = vi.spyOn(Drive.prototype, 'write').mockImplementation(async function (
      this: Drive,
      honest,
    ) {
      await write.call(this, honest)
      named = head.get.call(this)
      await write.call(this, changes)
    })
    const naming = vi.spyOn(Drive.prototype, 'head', 'get').mockImplementation(function (
      this: Drive,
    ) {
      return named ?? head.get.call(this)
    })
    this.told += 1
    return () => {
      writing.mockRestore()
      naming.mockRestore()
    }
  }

  #apply<K extends Exclude<keyof Lie, 'besides'>, T>(hook: K, honest: T, call?: number): T {
    const lie = this.#lie[hook] as ((value: T, call?: number) => T) | undefined
    if (!lie) return honest
    const told = lie(honest, call)
    if (told !== honest) this.told += 1
    return told
  }
}
