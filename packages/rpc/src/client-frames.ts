/** Frames of a client. The frames of a host are a file of their own, because a page loads them later. */
import {
  blob,
  bytes,
  ENTRY_BYTES,
  encodeRecord,
  type Infer,
  integer,
  message,
  nullable,
  oneOf,
  type Shape,
} from '@vms/format'
import { ENTRIES_MAX, HOST_FRAME_BYTES } from './limits.ts'

/** Shape of a number of entries. */
export const length = integer(ENTRIES_MAX)

const core = oneOf('log', 'db', 'blobs')

/** The cores of a service: its ledger, and the two of its files. */
export type CoreName = Infer<typeof core>

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

/** The parts of each kind of frame, with their shapes. */
export type Shapes<F extends readonly [string, ...unknown[]]> = {
  [K in F[0]]: Extract<F, readonly [K, ...unknown[]]> extends readonly [K, ...infer Rest]
    ? { readonly [I in keyof Rest]: readonly [name: string, shape: Shape<Rest[I]>] }
    : never
}

export const id = ['id', integer()] as const

const clientKinds: Shapes<ClientFrame> = {
  call: [id, ['request', blob(ENTRY_BYTES)], ['signature', nullable(bytes(64))]],
  entry: [id, ['index', length]],
  consistency: [id, ['from', length], ['to', length]],
  blocks: [id, ['core', core], ['start', length], ['end', length], ['length', length]],
  follow: [],
}

export const clientShape = message(clientKinds)

/** Bytes of a frame of a client. Throws as `encodeRecord` if a part does not fit. */
export const encodeClientFrame = (frame: ClientFrame): Uint8Array =>
  encodeRecord(clientShape, frame, HOST_FRAME_BYTES)
