/**
 * Several ledgers on one connection. A peer asks for each core by its discovery key, which tells a stranger nothing. The host may
 * have to open the ledger first.
 */
import type { Duplex } from 'node:stream'
import { type HypercoreNoiseStream, serveAsked } from '../engine/hypercore.ts'

/** The encrypted stream of a connection that several ledgers share. */
export type SharedStream = HypercoreNoiseStream

/** A ledger that shares a connection with others. */
export interface Shared {
  /** Serves the core with this discovery key; false if the ledger has no such core. */
  serve(stream: SharedStream, discoveryKey: Uint8Array): Promise<boolean>
}

export interface ReplicateManyOptions {
  /** The ledger with this topic: its own discovery key, or that of its files. */
  readonly find: (topic: Uint8Array) => Shared | null
  /** Most ledgers that one connection may replicate. Requests for more are refused. */
  readonly ledgers: number
  /** Called when, for example, a ledger could not be opened. The peer may ask again on another connection. */
  readonly onError: (error: Error) => void
}

/** Cores of one connection that wait for a ledger that may have them. */
const WAITING_MAX = 64

/** Replicates over `transport`, an encrypted connection (hyperswarm's), until it ends. */
export function replicateMany(
  transport: Duplex,
  { find, ledgers, onError }: ReplicateManyOptions,
): void {
  const taken = new Set<Shared>()
  const waiting = new Map<Uint8Array, () => void>()
  const serve = async (ledger: Shared, stream: SharedStream, topic: Uint8Array): Promise<void> => {
    if (!taken.has(ledger) && taken.size >= ledgers) return
    taken.add(ledger)
    await ledger.serve(stream, topic)
    for (const [other, answer] of waiting) if (await ledger.serve(stream, other)) answer()
  }
  serveAsked(transport, async (stream, topic) => {
    try {
      const ledger = find(topic)
      if (ledger) return await serve(ledger, stream, topic)
      for (const known of taken) if (await known.serve(stream, topic)) return
    } catch (error) {
      return onError(error as Error)
    }
    // Blobs have no topic: they may belong to a ledger that the peer asks for next. So leave the request open instead of refusing it.
    if (waiting.size >= WAITING_MAX) return
    await new Promise<void>((resolve) => waiting.set(topic, resolve))
    waiting.delete(topic)
  })
}
