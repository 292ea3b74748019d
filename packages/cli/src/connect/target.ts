/** What a person named: a running host, a ledger or files by key, or a directory on this machine. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Address, parseAddress } from '@vms/client'
import { UsageError } from '../errors/errors.ts'

/** A directory that holds (or held) a service. `path` is absolute. */
export interface DirectoryTarget {
  readonly kind: 'directory'
  readonly path: string
}

export type Target = Address | DirectoryTarget | HostedTarget

export type ServiceTarget = Extract<Address, { kind: 'service' }>

export type LedgerTarget = Extract<Address, { kind: 'ledger' }>

/** A service whose host is found by another key, that of its provisioning log: one that does not run is not announced itself. */
export interface HostedTarget extends LedgerTarget {
  readonly host: Uint8Array
}

/**
 * Reads an address or a path. What begins like a path (`.`, `/`, `~`) or is a directory here is one; anything else is an
 * address. Throws {@link UsageError} for a path without a directory, and an address error for what is neither.
 */
export function parseTarget(text: string, cwd: string): Target {
  const path = resolve(cwd, text)
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (isDirectory) return { kind: 'directory', path }
  if (/^(\.|\/|~|[a-z]:\\)/i.test(text)) throw new UsageError(`there is no directory ${text}`)
  return parseAddress(text)
}

/** The address of a running host, for verbs that talk to one. */
export function parseServiceAddress(text: string, what: string): ServiceTarget {
  const address = parseAddress(text)
  if (address.kind === 'service') return address
  throw notAHost(address, what)
}

/** The address of a service that can be called: a host's, or the key of a ledger, whose host is then looked for on the DHT. */
export function parseCallAddress(text: string): ServiceTarget | LedgerTarget {
  const address = parseAddress(text)
  if (address.kind === 'files') throw notAHost(address, 'a call')
  return address
}

const notAHost = ({ url, kind }: Address, what: string): UsageError =>
  new UsageError(
    `${what} needs the address of a running host, such as localhost:5555; ${url} is a key${kind === 'files' ? ' of files' : ''}`,
    {
      hint: 'vms verify, log and files take keys; who runs the host can tell its address',
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
