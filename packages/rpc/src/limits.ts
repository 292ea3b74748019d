/**
 * Limits of the protocol. The receiver decides how large a frame it takes: the host by what its genesis allows for a
 * request, the client by what the largest entry needs.
 */
import { ENTRY_BYTES } from '@vms/format'

/** Bytes that a `call` frame adds to its request at most: kind, id, signature and the lengths. */
export const CALL_FRAME_OVERHEAD_BYTES = 256

/**
 * Bytes of the largest frame that a host takes whose genesis allows requests of `requestBytes`. A WebSocket server
 * gives it as its maximum payload, so that a larger message ends the connection before it is in memory.
 */
export const clientFrameBytes = (requestBytes: number): number =>
  requestBytes + CALL_FRAME_OVERHEAD_BYTES

/** Bytes of the largest frame that a client takes: an entry, or a reply with the outcomes of one and its path. */
export const HOST_FRAME_BYTES = ENTRY_BYTES + 64 * 1024

/** Blocks in one answer. Bounds what one question costs the host. */
export const BLOCKS_MAX = 1_024

/** Bytes of the blocks in one answer, unless one block alone is larger: small enough that calls are not kept waiting. */
export const BLOCKS_BYTES = 1024 * 1024

/** UTF-16 units of an explanation that a host sends along with a refusal or an error. */
export const EXPLANATION = 1_000

/** Methods that a host may list. The same as in a boot entry. */
export const METHODS_MAX = 10_000

/** Nodes of a path, of a consistency proof, or roots of a tree: a tree of 2^52 entries has at most 52 levels. */
export const NODES_MAX = 104

/** Entries of a ledger: so that flat indexes stay whole numbers of a double. */
export const ENTRIES_MAX = 2 ** 52
