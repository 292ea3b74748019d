/** A connected client for the verbs that make calls. It signs with the person's key, or uses a plain name in debug mode. */
import { connect, type Remote } from '@vms/client'
import { joinDht } from '../connect/dht.ts'
import { fetchServiceInfo } from '../connect/host-info.ts'
import { parseCallAddress } from '../connect/target.ts'
import { ManyServicesError } from '../errors/errors.ts'
import type { BootstrapNode } from '../options/options.ts'
import type { Context } from '../process/context.ts'
import { openCallerKey } from './keyfile.ts'

export interface CallerOptions {
  /** The name of a debug caller, who needs no key. */
  readonly user?: string | undefined
  /** Key file instead of the default one. */
  readonly key?: string | undefined
  /** Milliseconds that a call may take. */
  readonly timeout?: number | undefined
  /** Nodes through which to join the DHT, for `vms://`. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  /** Stops the connecting. */
  readonly signal?: AbortSignal | undefined
}

/** A client whose methods are unknown before it connects. */
export type AnyRemote = Remote<Record<never, never>>

/** Connects to the host at `address`. The caller of this function closes the client. */
export async function openClient(
  context: Context,
  address: string,
  { user, key: file, timeout, bootstrap, signal }: CallerOptions,
): Promise<{ client: AnyRemote; caller: Uint8Array | string }> {
  const target = parseCallAddress(address)
  const key = user === undefined ? await openCallerKey(context, file) : null
  const dht = target.kind === 'ledger' ? await joinDht(bootstrap) : null
  const client = await connect<Record<never, never>>(target.url, {
    ...(dht && { dht }),
    ...(timeout !== undefined && { timeout }),
    ...(user !== undefined && { user }),
    ...(key && { key }),
    ...(signal && { signal }),
  }).catch(async (error) => {
    await dht?.close()
    // A host that does not have the ledger refuses the connection without a reason. Its description gives the reason.
    if (target.kind === 'service' && error.code === 'ERR_VMS_UNREACHABLE') {
      await fetchServiceInfo(target, signal).catch((reason) => {
        if (target.ledger || reason instanceof ManyServicesError) throw reason
      })
    }
    throw error
  })
  client.$on('close', () => void dht?.close())
  return { client, caller: key?.publicKey ?? (user as string) }
}
