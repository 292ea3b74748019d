/** A connected client for the verbs that make calls: with the person's key, or under a plain name in debug mode. */
import { connect, type Remote } from '@vms/client'
import type { Context } from './context.ts'
import { fetchServiceInfo } from './host-info.ts'
import { parseServiceAddress } from './target.ts'
import { openCallerKey } from './verbs/key.ts'

export interface CallerOptions {
  /** Name of a debug caller; no key is used then. */
  readonly user?: string
  /** Key file instead of the default one. */
  readonly key?: string
  /** Milliseconds that a call may take. */
  readonly timeout?: number
  /** Ends the connecting. */
  readonly signal?: AbortSignal
}

/** A client whose methods are not known before it is connected. */
export type AnyRemote = Remote<Record<never, never>>

/** Connects to the host at `address`. Whoever gets the client closes it. */
export async function openClient(
  context: Context,
  address: string,
  { user, key: file, timeout, signal }: CallerOptions,
): Promise<{ client: AnyRemote; caller: Uint8Array | string }> {
  const target = parseServiceAddress(address, 'a call')
  const key = user === undefined ? await openCallerKey(context, file) : null
  const client = await connect<Record<never, never>>(target.url, {
    ...(timeout !== undefined && { timeout }),
    ...(user !== undefined && { user }),
    ...(key && { key }),
    ...(signal && { signal }),
  }).catch(async (error) => {
    // A host that does not have the ledger of the address refuses without a word; what it says elsewhere tells.
    if (target.ledger && error.code === 'ERR_VMS_UNREACHABLE')
      await fetchServiceInfo(target, signal)
    throw error
  })
  return { client, caller: key?.publicKey ?? (user as string) }
}
