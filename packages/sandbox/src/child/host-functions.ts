/** What the isolate may ask of the host, for the call in hand. Answers numbers and strings; a file error is −1 − its index. */

import { bytesOfText, textOfBytes } from '../files/encoding.ts'
import { FileError } from '../files/file-error.ts'
import type { FileSystem } from '../files/file-system.ts'
import { createNormalPath } from '../files/path.ts'
import { isReserved } from '../files/reserved.ts'
import type { Meter } from '../protocol/fuel.ts'
import { type MachineLimits, reportUnits } from '../protocol/limits.ts'
import type {
  AbortReason,
  ConsoleLevel,
  ErrorValue,
  HistoryItem,
  HistoryOptions,
  ListedFile,
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
import type { Place } from './places.ts'
import { Abort, ParentGone, Refusal } from './refusal.ts'
import type { SharedMemory } from './shared-memory.ts'

/** What the host functions have heard during the call in hand. */
export interface CallNotes {
  error: ErrorValue | null
  report: string | null
  methods: string[]
  /** Set once, by whoever ends the call first; from then on nothing is answered. */
  end: Abort | Refusal | ParentGone | null
}

export interface HostOptions {
  readonly files: FileSystem
  readonly limits: MachineLimits
  readonly meter: Meter
  /** Where a line and a column of what runs were written. */
  readonly placeOf: (line: number, column: number) => Place
  /** On the clock of clock.ts: when the call must be over. */
  readonly deadline: () => number
  readonly history: (options: HistoryOptions) => HistoryItem[]
  readonly oracles: Oracles
  readonly alarms: Alarms
  readonly console: (level: ConsoleLevel, text: string) => void
  readonly memory: () => SharedMemory
  /** Stops the isolate: the call has ended, whatever its script does. */
  readonly stop: () => void
}

export function createNotes(): CallNotes {
  return { error: null, report: null, methods: [], end: null }
}

export function createHostFunction(options: HostOptions, notes: () => CallNotes): HostFunction {
  const { files, limits, meter } = options
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
  const end = (reason: Abort | Refusal | ParentGone) => {
    notes().end ??= reason
    options.stop()
  }

  const abort = (reason: AbortReason) =>
    new Abort(reason === 'fuel' ? meter.shortage : reason, meter.used)

  function perform(
    operation: string,
    a: unknown,
    b: unknown,
    c: unknown,
  ): number | string | undefined {
    switch (operation) {
      case 'stat': {
        const { kind, size, mtime } = files.stat(path(a))
        options.memory().putStat(size, mtime)
        return kind === 'file' ? 0 : 1
      }
      case 'readText':
        return textOfBytes(files.readFile(path(a)), b as string)
      case 'readBytes': {
        const bytes = files.readFile(path(a))
        options.memory().tryPutBytes(bytes)
        return bytes.byteLength
      }
      case 'writeText': {
        const text = c as string
        // Refused before the bytes are made; a unit takes at least half a byte in every encoding.
        if (text.length > 2 * limits.fileBytes) throw FileError.named('QuotaExceededError')
        files.writeFile(path(a), bytesOfText(text, b as string))
        return 0
      }
      case 'digest': {
        const bytes = options.memory().takeBytes(b as number)
        const digest = createHash(a as string)
          .update(bytes)
          .digest()
        options.memory().tryPutBytes(digest)
        return digest.byteLength
      }
      case 'library':
        return librarySource()
      case 'place': {
        const { file, line, column } = options.placeOf(a as number, b as number)
        return `${file}:${line}:${column}`
      }
      case 'reserve':
        path(a)
        if ((b as number) > limits.fileBytes) throw FileError.named('QuotaExceededError')
        return 0
      case 'writeBytes':
        files.writeFile(path(a), options.memory().takeBytes(b as number))
        return 0
      case 'list':
        return JSON.stringify(listed(a, b === true).map(({ name }) => name))
      case 'listStats':
        return JSON.stringify(listed(a, b === true).map(packListed))
      case 'mkdir':
        files.mkdir(path(a))
        return 0
      case 'unlink':
        files.unlink(path(a))
        return 0
      case 'rmdir':
        files.rmdir(path(a), b === true)
        return 0
      case 'copy':
        files.copy(path(a), path(b))
        return 0
      case 'rename':
        files.rename(path(a), path(b))
        return 0
      case 'history':
        return JSON.stringify(
          options
            .history(historyOptions(a, b, c))
            .filter(({ path: changed }) => !isReserved(changed)),
        )
      case 'oracle':
        return oracleAnswer(
          options.oracles.ask(a as string, options.memory().takeBytes(b as number)),
        )
      case 'oracleAnswer':
        return oracleAnswer(options.oracles.uses.at(-1) ?? null)
      case 'alarmAt':
        return options.alarms.set(a as number, options.memory().takeBytes(b as number))
      case 'alarmCancel':
        return options.alarms.cancel(a as string) ? 1 : 0
      case 'alarms':
        return JSON.stringify(options.alarms.ids())
      case 'alarm': {
        const bytes = options.alarms.read(a as string)
        options.memory().tryPutBytes(bytes)
        return bytes.byteLength
      }
      default:
        return tell(operation, a, b, c)
    }
  }

  /** The length of the value, which is put into the memory if there is room; an error as JSON; −1 if nobody was asked. */
  function oracleAnswer(use: OracleUse | null): number | string {
    if (use === null) return -1
    if (use.value === null) return JSON.stringify(use.error)
    options.memory().tryPutBytes(use.value)
    return use.value.byteLength
  }

  function tell(operation: string, a: unknown, b: unknown, c: unknown): undefined {
    switch (operation) {
      case 'console':
        options.console(a as ConsoleLevel, b as string)
        return
      case 'thrown':
        notes().error = { name: a as string, message: b as string, code: c as string | null }
        return
      case 'report':
        notes().report = (a as string).slice(0, reportUnits).toWellFormed()
        return
      case 'method':
        notes().methods.push(a as string)
        return
      case 'abort':
        return end(abort(a as AbortReason)) as undefined
      case 'refuse':
        return end(new Refusal(a as RefusalReason, b as string)) as undefined
      default:
        throw new Error(`unknown operation ${operation}`)
    }
  }

  return (operation, a, b, c) => {
    if (notes().end !== null) return undefined
    if (nowMs() > options.deadline()) {
      return end(new Refusal('wall-clock', 'the call took longer than it may')) as undefined
    }
    try {
      return perform(operation, a, b, c)
    } catch (error) {
      if (error instanceof FileError) return -1 - error.index
      if (error instanceof Abort || error instanceof Refusal) return end(error) as undefined
      if (error instanceof ParentGone) return end(error) as undefined
      options.console('machine', `an operation failed: ${(error as Error).stack}`)
      return end(new Refusal('crash', 'an operation of the host failed')) as undefined
    }
  }
}

function historyOptions(start: unknown, end: unknown, reverse: unknown): HistoryOptions {
  return {
    ...((start as number) >= 0 ? { start: start as number } : {}),
    ...((end as number) >= 0 ? { end: end as number } : {}),
    reverse: reverse === true,
  }
}
