/** The types at the border of the package: options of a machine, requests, results, and the port for oracles. */
import type {
  BootEntry,
  ErrorValue,
  FileChange,
  FilesPort,
  OracleUse,
  Outcome,
  CallResult as Recorded,
} from '@vms/format'
import type { MachineLimits, ProcessLimits } from './limits.ts'

export type { ErrorValue, FileChange, OracleUse }

export type FileKind = 'file' | 'directory'

/** What an oracle answers: an encoded value, or an error for the script. */
export type OracleAnswer = { readonly value: Uint8Array } | { readonly error: ErrorValue }

/** The call that asks an oracle. */
export interface OracleContext {
  /** Index of the entry in the ledger. */
  readonly position: number
  /** Number of the call within its request; 0 for `init` and for an alarm. */
  readonly call: number
  /** Milliseconds since 1970: the time of the entry. */
  readonly time: number
  /** Id of the caller; null in `init` and in an alarm. */
  readonly caller: string | null
}

/**
 * The port for oracles, one question at a time; the user of a machine implements it. Its answer is part of the outcome. Results and errors over
 * the limits are replaced or cut. A rejected promise ends the machine.
 */
export type OraclePort = (
  name: string,
  args: Uint8Array,
  context: OracleContext,
) => Promise<OracleAnswer>

export type ConsoleLevel = 'debug' | 'log' | 'info' | 'warn' | 'error' | 'machine'

/** A line that the script wrote to its console, or (`machine`) that the child process wrote to its standard error. */
export interface ConsoleLine {
  readonly level: ConsoleLevel
  readonly text: string
}

export interface MachineOptions {
  /** Source text, CommonJS: `exports.method = async () => {}`. */
  readonly script: string
  /** File name in messages. */
  readonly name: string
  /** Source map of the script, version 3, as JSON. It affects only the places in reports, and nothing that is recorded. */
  readonly map?: string
  /** JavaScript expression for `{ encode(value, { maxBytes }): Uint8Array, decode(bytes): value }`, evaluated inside the isolate. */
  readonly codec: string
  readonly limits: MachineLimits
  /** Number of the semantics; default the newest. */
  readonly semantics?: number
  readonly service?: Partial<ProcessLimits>
  readonly files: FilesPort
  /** Without it there are no oracles: to ask for one is an error of the script. */
  readonly oracle?: OraclePort
  readonly console?: (line: ConsoleLine) => void
  /** What `System.files.getInfo()` says. */
  readonly info: { readonly title: string; readonly key: string }
  /** More flags for the child process, such as V8's: an auditor perturbs a machine with them. */
  readonly execArgv?: readonly string[]
  /** Environment variables for the child process, such as another `LANG`; there are none otherwise. `TZ` is always `UTC`. */
  readonly env?: Readonly<Record<string, string>>
  /** Called with each question of a call to the host, right before the answer. It costs time, and changes no outcome. */
  readonly trace?: (step: TraceStep) => void
  /** For tests: another entry file of the child process. */
  readonly childModule?: string
}

/** One question of a call to the host. Two runs of a call with the same steps got the same answers from outside. */
export interface TraceStep {
  /** Such as `readText`, `writeText`, `list`, `console`. */
  readonly operation: string
  /** The path, or the name of an oracle. */
  readonly subject: string | null
  /** Of all that was given and answered. */
  readonly digest: string
  /** Lines `at name (file:line:column)` of the script; empty if none of it is on the stack. */
  readonly stack: string
}

/** When and with what randomness something runs. */
export interface Moment {
  /** Milliseconds since 1970: the only time that the script sees. */
  readonly time: number
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** Index of the entry in the ledger. */
  readonly position: number
}

export interface MachineCall {
  readonly method: string
  /** The array of arguments, encoded. */
  readonly args: Uint8Array
  /** 32 bytes. */
  readonly seed: Uint8Array
}

/** An alarm that falls due. */
export interface MachineAlarm extends Moment {
  readonly id: string
  /** Its method and encoded arguments; null removes the alarm and runs nothing. */
  readonly run: { readonly method: string; readonly args: Uint8Array } | null
}

export interface MachineRequest {
  readonly position: number
  readonly time: number
  readonly caller: string
  readonly calls: readonly MachineCall[]
}

export type CallStatus = Outcome['status']

/** Reproducible ends of a call that are not the script's own: the same on every machine. */
export type AbortReason =
  | 'fuel'
  | 'request-fuel'
  | 'depth'
  | 'result-bytes'
  | 'request-result-bytes'
  | 'call-files'

/** `changes`: the last change per path, sorted by the UTF-8 bytes of the paths; empty unless returned. */
export interface CallResult extends Omit<Recorded, 'abort' | 'changes'> {
  abort: AbortReason | null
  changes: FileChange[]
}

/** Which engine ran: the part of an outcome that no script decides. */
export type EngineIdentity = BootEntry['engine']

export interface BootReport {
  outcome: CallResult
  /** Sorted by UTF-8 bytes; fixed until the next boot. */
  methods: string[]
  /** Whether there is an `exports.init`. */
  hasInit: boolean
  engine: EngineIdentity
  /** SHA-256 of the text that runs. */
  scriptHash: Uint8Array
  /** For people: what went wrong, with line numbers. Depends on the engine, so it belongs in no ledger. */
  report: string | null
}

/** Ends of a call that are no outcome. They depend on the machine's load, memory or build, and the call leaves nothing. */
export type RefusalReason = 'wall-clock' | 'memory' | 'stack' | 'crash'

export type RunStop =
  | { kind: 'abort' }
  | {
      kind: 'refused'
      reason: RefusalReason
      message: string
      /** Whether the request at `done.length` is known to be the culprit. */
      certain: boolean
    }

export interface RunReport {
  /** One per request that ran to its end. */
  done: { results: CallResult[] }[]
  stop: RunStop | null
}
