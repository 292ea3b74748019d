/** The package's public types: options of a machine, requests, results, and the port for oracles. */
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

/** An oracle's answer: an encoded value, or an error for the script. */
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
 * The port for oracles, which the machine's user implements. It gets one question at a time. Its answer is part of the outcome. The machine
 * cuts or replaces results and errors that exceed the limits. A rejected promise ends the machine.
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
  /** Source text of a CommonJS module: `exports.method = async () => {}`. */
  readonly script: string
  /** File name in messages. */
  readonly name: string
  /** Source map (version 3) of the script, as JSON. It affects only the positions in reports, and nothing that the ledger records. */
  readonly map?: string
  /** JavaScript expression for `{ encode(value, { maxBytes }): Uint8Array, decode(bytes): value }`, evaluated inside the isolate. */
  readonly codec: string
  readonly limits: MachineLimits
  /** Number of the semantics; by default the newest. */
  readonly semantics?: number
  readonly service?: Partial<ProcessLimits>
  readonly files: FilesPort
  /** Without a port there are no oracles, and the script's question throws an error. */
  readonly oracle?: OraclePort
  readonly console?: (line: ConsoleLine) => void
  /** The result of `System.files.getInfo()`. */
  readonly info: { readonly title: string; readonly key: string }
  /** More flags for the child process, such as V8's flags. An auditor uses them to perturb a machine. */
  readonly execArgv?: readonly string[]
  /** Environment variables for the child process, such as `LANG`; by default none. `TZ` is always `UTC`. */
  readonly env?: Readonly<Record<string, string>>
  /** Called with each question of a call to the host, right before the answer. It costs time and changes no outcome. */
  readonly trace?: (step: TraceStep) => void
  /** For tests: another entry file of the child process. */
  readonly childModule?: string
}

/** One question of a call to the host. If two runs of a call have the same steps, they got the same answers from outside. */
export interface TraceStep {
  /** Such as `readText`, `writeText`, `list`, `console`. */
  readonly operation: string
  /** The path, or the name of an oracle. */
  readonly subject: string | null
  /** Digest of the question and its answer. */
  readonly digest: string
  /** Lines `at name (file:line:column)` of the script; empty if the stack holds none of its functions. */
  readonly stack: string
}

/** The time and the randomness of a run. */
export interface Moment {
  /** Milliseconds since 1970: the only time that the script can read. */
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

/** Reproducible ends of a call that the script did not choose. They are the same on every machine. */
export type AbortReason =
  | 'fuel'
  | 'request-fuel'
  | 'depth'
  | 'result-bytes'
  | 'request-result-bytes'
  | 'call-files'

/** `changes`: the last change per path, sorted by the UTF-8 bytes of the paths; empty unless the call returned. */
export interface CallResult extends Omit<Recorded, 'abort' | 'changes'> {
  abort: AbortReason | null
  changes: FileChange[]
}

/** Identity of the engine that ran: the only part of an outcome that no script decides. */
export type EngineIdentity = BootEntry['engine']

export interface BootReport {
  outcome: CallResult
  /** Sorted by UTF-8 bytes; fixed until the next boot. */
  methods: string[]
  /** Whether the script has an `exports.init`. */
  hasInit: boolean
  engine: EngineIdentity
  /** SHA-256 of the instrumented text that runs. */
  scriptHash: Uint8Array
  /** For people: the error's message and line numbers. It depends on the engine, so no ledger records it. */
  report: string | null
}

/** Ends of a call that are no outcome. They depend on the machine's load, memory or build. The call has no effect. */
export type RefusalReason = 'wall-clock' | 'memory' | 'stack' | 'crash'

export type RunStop =
  | { kind: 'abort' }
  | {
      kind: 'refused'
      reason: RefusalReason
      message: string
      /** Whether the request at `done.length` is known to have caused the refusal. */
      certain: boolean
    }

export interface RunReport {
  /** One item per completed request. */
  done: { results: CallResult[] }[]
  stop: RunStop | null
}
