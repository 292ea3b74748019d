/** The address of the peer of a DHT stream, as far as the stream reveals it. */
import type { Duplex } from 'node:stream'
import { sleep, type Timers } from '@vms/ledger'
import type { AddressCounts } from './address-counts.ts'
import { networkOf } from './networks.ts'

/** Milliseconds between two checks whether a waiting peer is still connected. */
const LOOK_MS = 500

/** A stream of hyperdht: its packet stream knows the address. */
type WithRaw = Duplex & { readonly rawStream?: { readonly remoteHost?: string | null } | null }

/** All streams without a known address share one limit. A peer's key does not count, because keys cost nothing to make. */
export const visitorOf = (stream: Duplex): string => networkOf(addressOf(stream))

/** The address itself. */
const addressOf = (stream: Duplex): string => (stream as WithRaw).rawStream?.remoteHost ?? 'unknown'

/** Counts a stream for its address until it closes. False if the address has reached its limit. */
export function admitPeer(stream: Duplex, addresses: AddressCounts): boolean {
  const address = addressOf(stream)
  if (!addresses.admits(address)) return false
  stream.once('close', addresses.enter(address))
  return true
}

/**
 * Resolves once `waitMs` returns 0 or the stream is closed. Replication has no message that tells a peer to retry later, so the host
 * delays its answer to a peer that has woken too many services.
 */
export async function waitsToWake(
  timers: Timers,
  stream: Duplex,
  waitMs: () => number,
): Promise<void> {
  for (let ms = waitMs(); ms > 0 && !stream.destroyed; ms = waitMs())
    await sleep(timers, Math.min(ms, LOOK_MS))
}
