/** Errors of this package: why a host does not start, or why it ends. */

import type { ServiceFault } from './fault.ts'

/** Base of every error that @vms/host throws. */
export class HostError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string
  /** What to do about it. */
  readonly hint?: string

  constructor(code: string, message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    if (options.hint) this.hint = options.hint
  }

  shouldRetry(): boolean {
    return false
  }
}

/** TLS cannot use the certificate and the private key. */
export class TlsError extends HostError {
  constructor(cause: Error) {
    super('ERR_VMS_TLS', `the certificate and the key are no pair for TLS: ${cause.message}`, {
      cause,
      hint: 'both are PEM files: the certificate with its chain, and the private key that belongs to it',
    })
  }
}

/** The host could not listen at the address. */
export class ListenError extends HostError {
  readonly port: number

  constructor(port: number, hostname: string, cause: NodeJS.ErrnoException) {
    const taken = cause.code === 'EADDRINUSE'
    super(
      taken ? 'ERR_VMS_PORT_TAKEN' : 'ERR_VMS_LISTEN',
      taken
        ? `port ${port} on ${hostname} is taken by another program`
        : `cannot listen on ${hostname}:${port}: ${cause.message}`,
      {
        cause,
        hint: taken
          ? 'choose another port with -p, such as -p 5556'
          : 'check the host name and the port',
      },
    )
    this.port = port
  }
}

/** The path is no directory, or the operating system does not let this process use it. */
export class DirectoryError extends HostError {
  readonly dir: string

  constructor(dir: string, cause: Error) {
    super('ERR_VMS_DIRECTORY', `${dir} cannot be the service's directory: ${cause.message}`, {
      cause,
      hint: 'name another one with --dir, or see who may use this one',
    })
    this.dir = dir
  }
}

/** The directory holds the ledger of another script. A ledger's key commits to its first script. */
export class ScriptDiffersError extends HostError {
  readonly dir: string

  constructor(dir: string) {
    super(
      'ERR_VMS_SCRIPT_DIFFERS',
      `${dir} holds the ledger of another script, and a ledger is bound to its script`,
      {
        hint: 'serve the new script with another --dir (a new ledger), or go on with the old script',
      },
    )
    this.dir = dir
  }
}

/** An option differs from the ledger's genesis. */
export class SettingDiffersError extends HostError {
  constructor(setting: string, recorded: string, asked: string) {
    super(
      'ERR_VMS_SETTING_DIFFERS',
      `the ledger was begun with ${setting} ${recorded}, not ${asked}`,
      {
        hint: 'this is fixed in the genesis; use the same setting, or another --dir for a new ledger',
      },
    )
  }
}

/** The script's top level or its `init` failed, so there is no service. */
export class ScriptFailedError extends HostError {
  readonly part: 'top level' | 'init'

  constructor(part: 'top level' | 'init', why: string, options: ErrorOptions = {}) {
    super('ERR_VMS_SCRIPT_FAILED', `the script's ${part} failed: ${why}`, {
      ...options,
      hint: 'nothing was deployed; mend the script and try again',
    })
    this.part = part
  }
}

/** The only service of a host is faulted. */
export class ServiceFaultError extends HostError {
  readonly fault: ServiceFault

  constructor(fault: ServiceFault) {
    super('ERR_VMS_SERVICE_FAULT', `the service failed: ${fault.reason} [${fault.code}]`, {
      hint: 'nothing of the failed group was stored; correct the script or report the bug, then start the host again',
    })
    this.fault = fault
  }
}
