/**
 * The questions that the isolate may ask the host during a call. Answers are numbers and strings. A file error is the number −1 − its
 * index.
 */

import type { FileEvent, HistoryOptions, ListedFile } from '@vms/format'
import { isReserved } from '@vms/format/reserved'
import { bytesOfText, textOfBytes } from '../files/encoding.ts'
import { FileError } from '../files/file-error.ts'
import type { FileSystem } from '../files/file-system.ts'
import { createNormalPath } from '../files/path.ts'
import type { Meter } from '../protocol/fuel.ts'
import { type MachineLimits, reportUnits } from '../protocol/limits.ts'
import type {
  AbortReason,
  ConsoleLevel,
  ErrorValue,
  OracleUse,
  RefusalReason,
} from '../protocol/types.ts'
import { packListed } from '../protocol/wire.ts'
import type { Alarms } from './alarms.ts'
import { nowMs } from './clock.ts'
import type { HostFunction } from './engine.ts'
import { createHash } from './hash.ts'
import { librarySource } from './library-source.ts'
import type { Oracles } from './oracles.ts'
import { Abort, ParentGone, Refusal } from './refusal.ts'
import type { SharedMemory } from './shared-memory.ts'
import type { Place } from './source-positions.ts'

/** What the isolate reported to the host during the current call. */
export interface CallNotes {
  error: ErrorValue | null
  report: string | null
  methods: string[]
  /** Why the call ended. The first reason counts. After the end, the host answers no question. */
  end: Abort | Refusal | ParentGone | null
}

export interface HostOptions {
  readonly files: FileSystem
  readonly limits: MachineLimits
  readonly meter: Meter
  /** Maps a line and a column of the instrumented text to the source. */
  readonly placeOf: (line: number, column: number) => Place
  /** When the call must be over, on the clock of clock.ts. */
  readonly deadline: () => number
  readonly history: (options: HistoryOptions) => FileEvent[]
  readonly oracles: Oracles
  readonly alarms: Alarms
  readonly console: (level: ConsoleLevel, text: string) => void
  readonly memory: () => SharedMemory
  /** Stops the isolate. The call has ended, whatever its script does next. */
  readonly stop: () => void
}

export function createNotes(): CallNotes {
  return { error: null, report: null, methods: [], end: null }
}

type Operation = (a: unknown, b: unknown, c: unknown) => number | string | undefined

type Operations = Readonly<Record<string, Operation>>

export function createHostFunction(options: HostOptions, notes: () => CallNotes): HostFunction {
  const end = (reason: Abort | Refusal | ParentGone): undefined => {
    notes().end ??= reason
    options.stop()
  }
  const operations = new Map<string, Operation>(
    Object.entries({
      ...fileOperations(options),
      ...valueOperations(options),
      ...callOperations(options),
      ...noteOperations(options, notes, end),
    }),
  )
  return (name, a, b, c) => {
    if (notes().end !== null) return undefined
    if (nowMs() > options.deadline())
      return end(new Refusal('wall-clock', 'the call took longer than it may'))
    try {
      const operation = operations.get(name)
      if (!operation) throw new Error(`unknown operation ${name}`)
      return operation(a, b, c)
    } catch (error) {
      if (error instanceof FileError) return -1 - error.index
      if (error instanceof Abort || error instanceof Refusal) return end(error)
      if (error instanceof ParentGone) return end(error)
      options.console('machine', `an operation failed: ${(error as Error).stack}`)
      return end(new Refusal('crash', 'an operation of the host failed'))
    }
  }
}

/** `System.files`. */
function fileOperations({ files, limits, memory, history }: HostOptions): Operations {
  const normalPath = createNormalPath(limits.pathBytes)
  const path = (value: unknown): string => {
    const normal = normalPath(value as string)
    if (isReserved(normal)) throw FileError.named('ReservedPathError')
    return normal
  }
  const listed = (given: unknown, recursive: boolean): ListedFile[] => {
    const directory = path(given)
    const list = files.readdir(directory, recursive)
    return directory === '/' ? list.filter(({ name }) => !isReserved(`/${name}`)) : list
  }
  const done = (change: () => void): 0 => {
    change()
    return 0
  }
  return {
    stat: (a) => {
      const { kind, size, mtime } = files.stat(path(a))
      memory().putStat(size, mtime)
      return kind === 'file' ? 0 : 1
    },
    readText: (a, b) => textOfBytes(files.readFile(path(a)), b as string),
    readBytes: (a) => given(memory(), files.readFile(path(a))),
    writeText: (a, b, c) => {
      const text = c as string
      // The host checks the length before it converts the text: in every encoding a unit takes at least half a byte.
      if (text.length > 2 * limits.fileBytes) throw FileError.named('QuotaExceededError')
      return done(() => files.writeFile(path(a), bytesOfText(text, b as string)))
    },
    reserve: (a, b) => {
      path(a)
      if ((b as number) > limits.fileBytes) throw FileError.named('QuotaExceededError')
      return 0
    },
    writeBytes: (a, b) => done(() => files.writeFile(path(a), memory().takeBytes(b as number))),
    list: (a, b) => JSON.stringify(listed(a, b === true).map(({ name }) => name)),
    listStats: (a, b) => JSON.stringify(listed(a, b === true).map(packListed)),
    mkdir: (a) => done(() => files.mkdir(path(a))),
    unlink: (a) => done(() => files.unlink(path(a))),
    rmdir: (a, b) => done(() => files.rmdir(path(a), b === true)),
    copy: (a, b) => done(() => files.copy(path(a), path(b))),
    rename: (a, b) => done(() => files.rename(path(a), path(b))),
    history: (a, b, c) => {
      const items = history(historyOptions(a, b, c))
      return JSON.stringify(items.filter(({ path: changed }) => !isReserved(changed)))
    },
  }
}

/** Functions that the runtime calls but that the host computes. */
const valueOperations = ({ memory, placeOf }: HostOptions): Operations => ({
  digest: (a, b) => {
    const bytes = memory().takeBytes(b as number)
    const digest = createHash(a as string)
      .update(bytes)
      .digest()
    return given(memory(), digest)
  },
  library: () => librarySource(),
  place: (a, b) => {
    const { file, line, column } = placeOf(a as number, b as number)
    return `${file}:${line}:${column}`
  },
})

/** `System.oracle` and `System.alarm`. */
function callOperations({ oracles, alarms, memory }: HostOptions): Operations {
  /** The length of the value, which is written to the shared memory if there is room; an error as JSON; −1 if no oracle was asked. */
  const answer = (use: OracleUse | null): number | string => {
    if (use === null) return -1
    return use.value === null ? JSON.stringify(use.error) : given(memory(), use.value)
  }
  return {
    oracle: (a, b) => answer(oracles.ask(a as string, memory().takeBytes(b as number))),
    oracleAnswer: () => answer(oracles.uses.at(-1) ?? null),
    alarmAt: (a, b) => alarms.set(a as number, memory().takeBytes(b as number)),
    alarmCancel: (a) => (alarms.cancel(a as string) ? 1 : 0),
    alarms: () => JSON.stringify(alarms.ids()),
    alarm: (a) => given(memory(), alarms.read(a as string)),
  }
}

/** The runtime's reports about the call: console lines, the script's methods, its error, its end. */
const noteOperations = (
  { console, meter }: HostOptions,
  notes: () => CallNotes,
  end: (reason: Abort | Refusal) => undefined,
): Operations => ({
  console: (a, b) => {
    console(a as ConsoleLevel, b as string)
    return undefined
  },
  thrown: (a, b, c) => {
    notes().error = { name: a as string, message: b as string, code: c as string | null }
    return undefined
  },
  report: (a) => {
    notes().report = (a as string).slice(0, reportUnits).toWellFormed()
    return undefined
  },
  method: (a) => {
    notes().methods.push(a as string)
    return undefined
  },
  abort: (a) => {
    const reason = a as AbortReason
    return end(new Abort(reason === 'fuel' ? meter.shortage : reason, meter.used))
  },
  refuse: (a, b) => end(new Refusal(a as RefusalReason, b as string)),
})

/** Writes bytes to the memory if there is room. Returns their number. */
function given(memory: SharedMemory, bytes: Uint8Array): number {
  memory.tryPutBytes(bytes)
  return bytes.byteLength
}

function historyOptions(start: unknown, end: unknown, reverse: unknown): HistoryOptions {
  return {
    ...((start as number) >= 0 ? { start: start as number } : {}),
    ...((end as number) >= 0 ? { end: end as number } : {}),
    reverse: reverse === true,
  }
}
