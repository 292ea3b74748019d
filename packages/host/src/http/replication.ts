/** Replication over a WebSocket: pipes the stream of the ledger and the socket of the peer into each other. */
import { type Duplex, pipeline, Transform } from 'node:stream'

/** The port for a peer of replication. */
export interface ReplicationParts {
  readonly replicate: () => Promise<Duplex>
  /** Runs `work` when it is the turn of the service. */
  readonly turn: (work: () => void) => void
  readonly onError: (error: Error) => void
}

/**
 * Joins both once the service is awake; `wire` is there before, so that nothing is lost that the peer says meanwhile. Where
 * that fails, `onError` is told, and ends the wire.
 */
export async function joinReplication(
  wire: Duplex,
  { replicate, turn, onError }: ReplicationParts,
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
  pipeline(wire, asRead(wire, turn), replication, wire, () => wire.destroy())
}

/** Passes on a peer's requests while it reads the answers of those before, in turn with other peers. */
const asRead = (wire: Duplex, turn: ReplicationParts['turn']): Transform =>
  new Transform({
    transform(chunk, _, done) {
      const pass = (): void => turn(() => done(null, chunk))
      if (wire.writableNeedDrain) wire.once('drain', pass)
      else pass()
    },
  })
