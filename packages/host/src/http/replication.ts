/** Replication over a WebSocket: pipes the stream of the ledger and the socket of the peer into each other. */
import { type Duplex, pipeline, Transform } from 'node:stream'

/** The port for a peer of replication. */
export interface ReplicationParts {
  readonly replicate: () => Promise<Duplex>
  /** Schedules `work` among those of all services. */
  readonly turn: (work: () => void) => void
  readonly onError: (error: Error) => void
}

/**
 * Joins the two once the service is awake. `wire` exists before, so no message of the peer is lost meanwhile. After a failure, calls
 * `onError`, which ends the wire.
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
    // The service cannot be woken, or its ledger has ended and the host will end.
    onError(error as Error)
    return
  }
  // While the service woke, the peer may have left, or the host may have cut it off.
  if (wire.destroyed) {
    replication.destroy()
    return
  }
  // A peer that leaves is not an error of the host.
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
