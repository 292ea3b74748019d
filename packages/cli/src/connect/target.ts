/** The addresses that a person types: a running host, the key of a ledger or of files, a directory on this machine. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Address, parseAddress } from '@vms/client'
import { UsageError } from '../errors/errors.ts'

/** The directory of a stopped service. `path` is absolute. */
export interface DirectoryTarget {
  readonly kind: 'directory'
  readonly path: string
}

export type Target = Address | DirectoryTarget | HostedTarget

export type ServiceTarget = Extract<Address, { kind: 'service' }>

export type LedgerTarget = Extract<Address, { kind: 'ledger' }>

/** A service whose host the DHT finds by the key of its provisioning log. A host announces only the services that run. */
export interface HostedTarget extends LedgerTarget {
  readonly host: Uint8Array
}

/**
 * Reads an address or a path. A text that begins like a path (`.`, `/`, `~`), or names a directory here, is a path; any other is
 * an address. Throws {@link UsageError} for a path without a directory, and `ERR_VMS_BAD_ADDRESS` for a wrong address.
 */
export function parseTarget(text: string, cwd: string): Target {
  const path = resolve(cwd, text)
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (isDirectory) return { kind: 'directory', path }
  if (/^(\.|\/|~|[a-z]:\\)/i.test(text)) throw new UsageError(`there is no directory ${text}`)
  return parseAddress(text)
}

/** Reads the address of a running host. `what`: the command, for the error. */
export function parseServiceAddress(text: string, what: string): ServiceTarget {
  const address = parseAddress(text)
  if (address.kind === 'service') return address
  throw notAHost(address, what)
}

/** Reads the address of a service for calls: that of its host, or the key of its ledger, by which the DHT finds the host. */
export function parseCallAddress(text: string): ServiceTarget | LedgerTarget {
  const address = parseAddress(text)
  if (address.kind === 'files') throw notAHost(address, 'a call')
  return address
}

const notAHost = ({ url, kind }: Address, what: string): UsageError =>
  new UsageError(
    `${what} needs the address of a running host, such as localhost:5555; ${url} is a key${kind === 'files' ? ' of files' : ''}`,
    {
      hint: 'vms verify, log and files take keys; the operator of the host knows its address',
    },
  )

/** Address of the host of `target`: that of a service without the service's id. */
const hostUrl = ({ url, ledger }: ServiceTarget): string =>
  ledger ? url.replace(/[^/]*\/?$/, '') : url

/** Address of the service with this id on the host of `target`. */
export const serviceUrl = (target: ServiceTarget, id: string): string =>
  new URL(id, hostUrl(target)).href

/** URL of `path` on the HTTP side of the host of `target`. */
export function httpUrl(target: ServiceTarget, path: string): string {
  const url = new URL(`.${path}`, hostUrl(target))
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  return url.href
}
