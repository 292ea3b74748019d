/**
 * Frames: the messages of a connection, as arrays that begin with their kind, in the one encoding that records have.
 *
 * Decoding trusts nothing: a wrong kind, a part or a field too many or too few, or a wrong size is a {@link FrameError} that names it.
 */
import {
  blob,
  bool,
  bytes,
  decodeRecord,
  ENTRY_BYTES,
  encodeRecord,
  FormatError,
  type Infer,
  integer,
  list,
  METHOD_NAME,
  manifestShape,
  message,
  nullable,
  oneOf,
  record,
  type Shape,
  TIME_MS,
  text,
  treeNodeShape,
} from '@vms/format'
import { type ClientFrame, clientShape, id, length, type Shapes } from './client-frames.ts'
import { FrameError } from './errors.ts'
import { BLOCKS_MAX, EXPLANATION, HOST_FRAME_BYTES, METHODS_MAX, NODES_MAX } from './limits.ts'
import { refusalCodes } from './refusal.ts'

const nodes = list(treeNodeShape, NODES_MAX)

const helloShape = record({
  ledger: bytes(32),
  manifest: manifestShape,
  methods: list(text(METHOD_NAME), METHODS_MAX),
  authentication: oneOf('signed', 'debug'),
  limits: record({
    requestBytes: integer(),
    requestCalls: integer(),
    requestLifetimeMs: integer(),
  }),
  time: integer(),
  head: record({ length, roots: nodes, signature: bytes(64) }),
})

const headAdvanceShape = record({ from: length, length, nodes, signature: bytes(64) })

const replyShape = record({
  index: length,
  length,
  tail: blob(ENTRY_BYTES),
  path: nodes,
})

const refusalShape = record({
  code: oneOf(...refusalCodes),
  message: text(EXPLANATION),
  covers: bool,
  length,
  treeHash: bytes(32),
  time: integer(TIME_MS),
  signature: bytes(64),
})

const provenBlocksShape = record({
  blocks: list(blob(ENTRY_BYTES), BLOCKS_MAX),
  before: nodes,
  after: nodes,
})

const faultShape = record({ code: text(100), message: text(EXPLANATION) })

/**
 * The first frame of a host.
 * - `limits`: bytes and calls of one request, and milliseconds from the host's clock to the latest expiry it takes.
 * - `time`: the host's clock in milliseconds since the epoch.
 * - `head`: the newest head, with the roots of its tree.
 */
export type Hello = Infer<typeof helloShape>

/**
 * The next head: the nodes that extend the roots at `from` (the last head that the host sent on this connection) to the roots at `length`,
 * and the signature over the result. `nodes` are the subtrees of `fillIndexes(from, length)`.
 */
export type HeadAdvance = Infer<typeof headAdvanceShape>

/**
 * What the client lacks of its entry, and the entry's place.
 * - `tail`: the bytes of the entry after the request and its signature, as `tailOf` of @vms/format gives them.
 * - `length`: of the last head that the host sent on this connection. The proof is under that head.
 * - `path`: siblings from the entry's leaf up to the node of the last `head` frame that covers it, or, for an entry from
 *   before that frame, up to a root.
 */
export type Reply = Infer<typeof replyShape>

/** A refusal in a frame. The host does not sign `message`; it signs the other fields, which are a claim of @vms/format. */
export type HostRefusal = Infer<typeof refusalShape>

/**
 * Blocks of a core from the requested start on, as many as the host gives at once, and the nodes that connect them to the tree hash at the
 * requested length: the subtrees of `fillIndexes(0, start)` and of `fillIndexes(end, length)`.
 */
export type ProvenBlocks = Infer<typeof provenBlocksShape>

/** An error outside a request, such as an invalid frame. Not signed. */
export type HostFault = Infer<typeof faultShape>

/** Frames of a host. An `error` with a null id is about a frame that the host could not read; the host closes the connection after it. */
export type HostFrame =
  | readonly ['hello', hello: Hello]
  | readonly ['head', advance: HeadAdvance]
  | readonly ['reply', id: number, reply: Reply]
  | readonly ['refused', id: number, refusal: HostRefusal]
  | readonly ['entry', id: number, entry: Uint8Array]
  | readonly ['consistency', id: number, nodes: TreeNodes]
  | readonly ['blocks', id: number, blocks: ProvenBlocks]
  | readonly ['error', id: number | null, fault: HostFault]

type TreeNodes = Infer<typeof nodes>

const hostKinds: Shapes<HostFrame> = {
  hello: [['hello', helloShape]],
  head: [['head', headAdvanceShape]],
  reply: [id, ['reply', replyShape]],
  refused: [id, ['refusal', refusalShape]],
  entry: [id, ['entry', blob(ENTRY_BYTES)]],
  consistency: [id, ['nodes', nodes]],
  blocks: [id, ['blocks', provenBlocksShape]],
  error: [
    ['id', nullable(integer())],
    ['error', faultShape],
  ],
}

const hostShape = message(hostKinds)

/** Bytes of a frame of a host. Throws as `encodeRecord` if a part does not fit. */
export const encodeHostFrame = (frame: HostFrame): Uint8Array =>
  encodeRecord(hostShape, frame, HOST_FRAME_BYTES)

/**
 * Decodes a frame of a client. Its byte strings share memory with `bytes`. `maxBytes`: size of the largest frame that the host accepts, see
 * `clientFrameBytes`. Throws {@link FrameError}.
 */
export const decodeClientFrame = (
  bytes: Uint8Array,
  maxBytes: number = HOST_FRAME_BYTES,
): ClientFrame => decodeFrame(clientShape, bytes, maxBytes) as ClientFrame

/** Decodes a frame of a host. Its byte strings share memory with `bytes`. Throws {@link FrameError}. */
export const decodeHostFrame = (
  bytes: Uint8Array,
  maxBytes: number = HOST_FRAME_BYTES,
): HostFrame => decodeFrame(hostShape, bytes, maxBytes) as HostFrame

function decodeFrame<T>(shape: Shape<T>, bytes: Uint8Array, maxBytes: number): T {
  const refuse = (why: string, cause?: unknown): FrameError =>
    new FrameError(`bad frame: ${why}`, bytes.length, cause === undefined ? undefined : { cause })
  if (bytes.length > maxBytes)
    throw refuse(`${bytes.length} bytes are more than the ${maxBytes} allowed`)
  try {
    return decodeRecord(shape, bytes, { maxBytes, share: true })
  } catch (error) {
    if (error instanceof FormatError) throw refuse(error.message, error)
    throw error
  }
}
