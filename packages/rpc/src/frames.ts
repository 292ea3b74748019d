/**
 * Frames: the messages of a connection, as MessagePack arrays that begin with their kind.
 *
 * Encoding (`frame-writer.ts`) trusts the types. Decoding trusts nothing: a frame is first looked over as bytes, then read, then checked
 * against the shape of its kind, where an unknown field, a missing one or a wrong size is a {@link FrameError} that names it.
 */
import {
  blob,
  bool,
  bytes,
  ENTRY_BYTES,
  filesHeadShape,
  type Infer,
  integer,
  list,
  METHOD_NAME,
  manifestShape,
  nullable,
  oneOf,
  outcomeShape,
  RecordError,
  record,
  type Shape,
  TIME_MS,
  text,
  treeNodeShape,
} from '@vms/format'
import { unpack } from '#message-pack'
import { FrameError } from './errors.ts'
import {
  BLOCKS_MAX,
  ENTRIES_MAX,
  EXPLANATION,
  FRAME_DEPTH,
  HOST_FRAME_BYTES,
  METHODS_MAX,
  NODES_MAX,
} from './limits.ts'
import { plainFault } from './plain.ts'
import { refusalCodes } from './refusal.ts'

const length = integer(ENTRIES_MAX)
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
  time: integer(),
  root: nullable(bytes(32)),
  files: nullable(filesHeadShape),
  outcomes: list(outcomeShape, Number.MAX_SAFE_INTEGER, 1),
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

const core = oneOf('log', 'db', 'blobs')

const faultShape = record({ code: text(100), message: text(EXPLANATION) })

/**
 * The first frame of a host.
 * - `limits`: bytes and calls of one request, and milliseconds from the host's clock to the latest expiry it takes.
 * - `time`: the host's clock in milliseconds since the epoch.
 * - `head`: the newest head, with the roots of its tree.
 */
export type Hello = Infer<typeof helloShape>

/**
 * The next head: what a holder of the roots at `from` (the last head that the host sent on this connection) appends to get the
 * roots at `length`, and the signature over the result. `nodes` are the subtrees of `fillIndexes(from, length)`.
 */
export type HeadAdvance = Infer<typeof headAdvanceShape>

/**
 * What the client lacks of its entry, and the entry's place.
 * - `length`: of the last head that the host sent on this connection. The proof is under that head.
 * - `path`: siblings from the entry's leaf up to the node of the last `head` frame that covers it, or, for an entry from
 *   before that frame, up to a root.
 */
export type Reply = Infer<typeof replyShape>

/** A signed refusal as it travels: `message` explains and is not signed, the rest is a claim as @vms/format has it. */
export type HostRefusal = Infer<typeof refusalShape>

/**
 * Blocks of a core from the one that was asked for on, as many as the host gives at once, and what leads from them to the
 * tree hash at the length that was asked under: the subtrees of `fillIndexes(0, start)` and of `fillIndexes(end, length)`.
 */
export type ProvenBlocks = Infer<typeof provenBlocksShape>

/** The cores of a service: its ledger, and the two of its files. */
export type CoreName = Infer<typeof core>

/** An error outside a request, such as an invalid frame. Not signed. */
export type HostFault = Infer<typeof faultShape>

/**
 * What a client sends. `id` is the client's number for the answer.
 * - `call`: the request's bytes and the caller's signature (null for a debug caller). Answer: `reply` or `refused`.
 * - `entry`: asks for the bytes of one entry. Answer: `entry`.
 * - `consistency`: asks for the subtrees of `fillIndexes(from, to)`. Answer: `consistency`.
 * - `blocks`: asks for the blocks [start, end) of a core, proven under its tree hash at `length`. Answer: `blocks`.
 * - `follow`: asks for a `head` frame whenever the ledger has grown. No answer.
 */
export type ClientFrame =
  | readonly ['call', id: number, request: Uint8Array, signature: Uint8Array | null]
  | readonly ['entry', id: number, index: number]
  | readonly ['consistency', id: number, from: number, to: number]
  | readonly ['blocks', id: number, core: CoreName, start: number, end: number, length: number]
  | readonly ['follow']

/** What a host sends. `error` with a null id is about a frame that could not be read, and the host closes after it. */
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

type Shapes<F extends readonly [string, ...unknown[]]> = {
  [K in F[0]]: Extract<F, readonly [K, ...unknown[]]> extends readonly [K, ...infer Rest]
    ? { readonly [I in keyof Rest]: readonly [name: string, shape: Shape<Rest[I]>] }
    : never
}

const id = ['id', integer()] as const

const clientShapes: Shapes<ClientFrame> = {
  call: [id, ['request', blob(ENTRY_BYTES)], ['signature', nullable(bytes(64))]],
  entry: [id, ['index', length]],
  consistency: [id, ['from', length], ['to', length]],
  blocks: [id, ['core', core], ['start', length], ['end', length], ['length', length]],
  follow: [],
}

const hostShapes: Shapes<HostFrame> = {
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

/**
 * Decodes a frame of a client. Its byte strings share memory with `bytes`. `maxBytes`: size of the largest frame that the host takes,
 * see `clientFrameBytes`. Throws {@link FrameError}.
 */
export const decodeClientFrame = (
  bytes: Uint8Array,
  maxBytes: number = HOST_FRAME_BYTES,
): ClientFrame => decodeFrame(bytes, maxBytes, clientShapes) as ClientFrame

/** Decodes a frame of a host. Its byte strings share memory with `bytes`. Throws {@link FrameError}. */
export const decodeHostFrame = (
  bytes: Uint8Array,
  maxBytes: number = HOST_FRAME_BYTES,
): HostFrame => decodeFrame(bytes, maxBytes, hostShapes) as HostFrame

type FrameShapes = Readonly<
  Record<string, readonly (readonly [name: string, shape: Shape<unknown>])[]>
>

function decodeFrame(bytes: Uint8Array, maxBytes: number, shapes: FrameShapes): readonly unknown[] {
  const refuse = (why: string, cause?: unknown): FrameError =>
    new FrameError(`bad frame: ${why}`, bytes.length, cause === undefined ? undefined : { cause })
  if (bytes.length > maxBytes)
    throw refuse(`${bytes.length} bytes are more than the ${maxBytes} allowed`)
  const fault = plainFault(bytes, FRAME_DEPTH)
  if (fault !== null) throw refuse(fault)
  let parts: unknown
  try {
    parts = unpack(bytes)
  } catch (error) {
    // For example a map with an array as a key.
    throw refuse((error as Error).message, error)
  }
  if (!Array.isArray(parts)) throw refuse('it is no array')
  const kind: unknown = parts[0]
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) {
    throw refuse(
      `unknown kind ${JSON.stringify(typeof kind === 'string' ? kind.slice(0, 40) : typeof kind)}`,
    )
  }
  const fields = shapes[kind] as FrameShapes[string]
  if (parts.length !== fields.length + 1) {
    throw refuse(`${kind} has ${fields.length} parts, got ${parts.length - 1}`)
  }
  try {
    return [kind, ...fields.map(([name, shape], i) => shape(parts[i + 1], `${kind}.${name}`))]
  } catch (error) {
    if (error instanceof RecordError) throw refuse(error.message, error)
    throw error
  }
}
