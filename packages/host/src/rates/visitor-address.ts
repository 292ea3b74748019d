/** The address of the peer of a DHT stream, as far as the stream tells it. */
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { AddressCounts } from './address-counts.ts'
import { networkOf } from './networks.ts'

/** Milliseconds after which is looked again whether a peer that waits is still there. */
const LOOK_MS = 500

/** What a stream of hyperdht has besides; the packet stream below it knows the address. */
type WithRaw = Duplex & { readonly rawStream?: { readonly remoteHost?: string | null } | null }

/** All streams without a known address share one limit. A peer's key does not count, because keys cost nothing to make. */
export const visitorOf = (stream: Duplex): string => networkOf(addressOf(stream))

/** The address itself. */
const addressOf = (stream: Duplex): string => (stream as WithRaw).rawStream?.remoteHost ?? 'unknown'

/** Counts a stream for its address until it closes; false if the address has as many as it may. */
export function admitPeer(stream: Duplex, addresses: AddressCounts): boolean {
  const address = addressOf(stream)
  if (!addresses.admits(address)) return false
  stream.once('close', addresses.enter(address))
  return true
}

/**
 * Resolves once `waitMs` gives 0, or the stream is gone. Nothing in replication says when to come back, so a peer that has woken
 * too many is answered later.
 */
export async function waitsToWake(stream: Duplex, waitMs: () => number): Promise<void> {
  for (let ms = waitMs(); ms > 0 && !stream.destroyed; ms = waitMs())
    await setTimeout(Math.min(ms, LOOK_MS), undefined, { ref: false })
}
