/** A connected client for the verbs that make calls: with the person's key, or under a plain name in debug mode. */
import { NodeVMSClient } from '@vms/client'
import type { Context } from './context.ts'
import { parseServiceAddress } from './target.ts'
import { openCallerKey } from './verbs/key.ts'

export interface CallerOptions {
  /** Name of a debug caller; no key is used then. */
  readonly user?: string
  /** Key file instead of the default one. */
  readonly key?: string
  /** Milliseconds that a call may take. */
  readonly timeout?: number
}

/** Connects to the host at `address`. Whoever gets the client closes it. */
export async function openClient(
  context: Context,
  address: string,
  { user, key: file, timeout }: CallerOptions,
): Promise<{ client: NodeVMSClient; caller: Uint8Array | string }> {
  const { url, ledger } = parseServiceAddress(address, 'a call')
  const key = user === undefined ? await openCallerKey(context, file) : null
  const client = new NodeVMSClient({ ...(timeout !== undefined && { timeout }), ...(key && { key }) })
  await client.connect(url, { ...(user !== undefined && { user }), ...(ledger && { ledger }) })
  return { client, caller: key?.publicKey ?? (user as string) }
}
