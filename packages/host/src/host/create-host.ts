/** The way in: a host of one script, or of many. */
import { type Host, type HostOptions, hostOne } from './host.ts'
import { type HostOfMany, type HostOfManyOptions, hostMany } from './host-of-many.ts'

/** Opens or begins the ledger in `dir` and serves the script. Rejects with a {@link HostError} or an error of the ledger. */
export function createHost(options: HostOptions): Promise<Host>
/** Without a script: serves many, deployed by whom the policy lets. */
export function createHost(options: HostOfManyOptions): Promise<HostOfMany>
export function createHost(options: HostOptions | HostOfManyOptions): Promise<Host | HostOfMany> {
  return 'script' in options ? hostOne(options) : hostMany(options)
}
