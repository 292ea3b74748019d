/** A peer that replicates: the stream of the ledger meets the one that the peer came over. */
import { type Duplex, pipeline } from 'node:stream'

/**
 * Joins both once the service is awake; `wire` is there before, so that nothing is lost that the peer says meanwhile. Where
 * that fails, `onError` is told, and ends the wire.
 */
export async function joinReplication(
  wire: Duplex,
  replicate: () => Promise<Duplex>,
  onError: (error: Error) => void,
): Promise<void> {
  wire.on('error', () => wire.destroy())
  let replication: Duplex
  try {
    replication = await replicate()
  } catch (error) {
    // It cannot be woken, or the ledger has ended and the host is about to.
    onError(error as Error)
    return
  }
  // The peer may have gone, or have been cut off for what it sent, while the service woke.
  if (wire.destroyed) {
    replication.destroy()
    return
  }
  // A peer that goes away is no error of the host's.
  pipeline(wire, replication, wire, () => wire.destroy())
}
