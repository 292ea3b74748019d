/**
 * Limits of the protocol. The receiver decides how large a frame it accepts: the host by the request size in its genesis, the client by the
 * size of the largest entry.
 */
import { ENTRY_BYTES } from '@vms/format'

/** Most bytes that a `call` frame adds to its request: kind, id, signature and the lengths. */
export const CALL_FRAME_OVERHEAD_BYTES = 256

/**
 * Bytes of the largest frame that a host accepts if its genesis allows requests of `requestBytes`. A WebSocket server uses it as its
 * maximum payload, so that a larger message ends the connection before it is in memory.
 */
export const clientFrameBytes = (requestBytes: number): number =>
  requestBytes + CALL_FRAME_OVERHEAD_BYTES

/** Bytes of the largest frame that a client accepts: an entry, or a reply with the outcomes of an entry and its path. */
export const HOST_FRAME_BYTES = ENTRY_BYTES + 64 * 1024

/** Most blocks in one answer. Bounds the host's cost of one question. */
export const BLOCKS_MAX = 1_024

/** Most bytes of blocks in one answer, unless one block alone is larger. Small enough not to delay calls. */
export const BLOCKS_BYTES = 1024 * 1024

/** Most UTF-16 units of the explanation that a host adds to a refusal or an error. */
export const EXPLANATION = 1_000

/** Most methods that a host may list, as in a boot entry. */
export const METHODS_MAX = 10_000

/** Most nodes of a path or a consistency proof, and most roots of a tree: a tree of 2^52 entries has at most 52 levels. */
export const NODES_MAX = 104

/** Most entries of a ledger: flat indexes stay integers that a double holds exactly. */
export const ENTRIES_MAX = 2 ** 52
