/** Errors of the command line. Each has a stable `code`, a hint for the person, and an exit code. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT } from './exit.ts'
import { didYouMean, nearest } from './nearest.ts'

export interface CliErrorDetails {
  /** What to do about it, one line. */
  readonly hint?: string
  /** Text to print below the message unchanged, such as a code frame. */
  readonly frame?: string
  readonly cause?: unknown
}

/** Base of every error that @vms/cli throws. */
export class CliError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string
  readonly exit: number
  readonly hint: string | undefined
  readonly frame: string | undefined

  constructor(code: string, exit: number, message: string, details: CliErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.name = new.target.name
    this.code = code
    this.exit = exit
    this.hint = details.hint
    this.frame = details.frame
  }

  /** Whether the same command may work later without a change to it. */
  shouldRetry(): boolean {
    return this.exit === EXIT.incomplete
  }
}

/** A flag, an argument or a file is wrong or missing. The command did nothing. */
export class UsageError extends CliError {
  constructor(message: string, details?: CliErrorDetails) {
    super('ERR_VMS_USAGE', EXIT.usage, message, details)
  }
}

/** The error for a missing file. Suggests a file of the same directory with a similar name. */
export function missingFile(file: string, cwd: string, cause: unknown): UsageError {
  const path = resolve(cwd, file)
  // The directory has the name, too, if it is a link to a missing file.
  const others = filesIn(dirname(path)).filter((name) => name !== basename(path))
  const meant = nearest(basename(path), others)
  const hint =
    meant === null
      ? `a relative path begins at the directory of the command: ${cwd}`
      : `did you mean ${join(dirname(file), meant)}?`
  return new UsageError(`there is no file ${file}`, { cause, hint })
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** An argument of a call that is not JSON. */
export class ArgumentError extends CliError {
  constructor(message: string, details?: CliErrorDetails) {
    super('ERR_VMS_BAD_ARGUMENT', EXIT.usage, message, details)
  }
}

/** A place in a file. */
export interface ScriptPlace {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** A script does not parse, or imports a module that a machine cannot have: one of Node's, or one that is not installed. */
export class ScriptError extends CliError {
  readonly place: ScriptPlace
  /** The message without the place. */
  readonly text: string

  constructor(
    code: 'ERR_VMS_SCRIPT_SYNTAX' | 'ERR_VMS_SCRIPT_IMPORT',
    place: ScriptPlace,
    text: string,
    details: CliErrorDetails,
  ) {
    const { file, line, column } = place
    super(code, EXIT.no, `${file}:${line}:${column}: ${text}`, details)
    this.place = place
    this.text = text
  }
}

/** A module of oracles does not load, or exports something that is no function. */
export class OracleModuleError extends CliError {
  constructor(file: string, problem: string, details: CliErrorDetails) {
    super('ERR_VMS_ORACLE_MODULE', EXIT.no, `${basename(file)} ${problem}`, details)
  }
}

/** The operating system's codes for a full disk. The same command works after somebody makes room. */
const FULL = ['ENOSPC', 'EDQUOT']

/** The command cannot write to a file or directory that the person named. */
export class LocalFileError extends CliError {
  constructor(file: string, cause: NodeJS.ErrnoException) {
    const full = FULL.includes(cause.code ?? '')
    super('ERR_VMS_LOCAL_FILE', full ? EXIT.incomplete : EXIT.usage, whyNot(file, cause), {
      cause,
      hint: full ? 'make room, or name a place on another disk' : 'name another place',
    })
  }
}

function whyNot(
  named: string,
  { code, message, path: file = named }: NodeJS.ErrnoException,
): string {
  switch (code) {
    case 'EISDIR':
      return `${file} is a directory`
    case 'EEXIST':
      return `${file} is a file, not a directory`
    case 'ENOTDIR':
      return `${file} is not in a directory`
    case 'ENOENT':
      return `there is no directory for ${file}`
    case 'EACCES':
    case 'EPERM':
      return `you may not write to ${file}`
    default:
      return `cannot write to ${file}: ${message}`
  }
}

/** The command cannot use the caller's key file. */
export class KeyFileError extends CliError {
  constructor(file: string, message: string, details?: CliErrorDetails) {
    super('ERR_VMS_KEY_FILE', EXIT.usage, `${file}: ${message}`, details)
  }
}

/** The command cannot reach a host, or the server there is no VMS host. */
export class UnreachableError extends CliError {
  readonly url: string

  constructor(url: string, message: string, details?: CliErrorDetails) {
    super('ERR_VMS_UNREACHABLE', EXIT.incomplete, message, details)
    this.url = url
  }
}

/** A host answers, but does not have the ledger. The command must not try again. */
export class GoneError extends UnreachableError {}

/** The address names a host of many services, and the command needs one of them. */
export class ManyServicesError extends CliError {
  constructor(url: string) {
    super('ERR_VMS_MANY_SERVICES', EXIT.usage, `${url} serves many services: name one of them`, {
      hint: `vms services ${url} lists their addresses`,
    })
  }
}

/** The service has no method of this name. Suggests one with a similar name. */
export class UnknownMethodError extends CliError {
  constructor(method: string, methods: readonly string[], cause: unknown) {
    const named = `no method ${JSON.stringify(method)}${didYouMean(method, methods)}`
    super('ERR_VMS_UNKNOWN_METHOD', EXIT.no, named, { cause })
  }
}

/** The provisioning service of a host refused a call, or gave a wrong answer. */
export class ProvisioningError extends CliError {}
