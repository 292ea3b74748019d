/// <reference path="./types/msgpackr-no-eval.d.ts" preserve="true" />
/** MessagePack on Node: msgpackr, the fastest there is. `#message-pack` in package.json chooses the adapter by platform. */
import { Packr } from 'msgpackr/index-no-eval'

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  moreTypes: false,
  int64AsType: 'number',
})

/** Encodes a frame. */
export const pack = (frame: unknown): Uint8Array => packr.pack(frame)

/** Decodes bytes that {@link plainFault} has accepted. Byte strings share memory with `bytes`. */
export const unpack = (bytes: Uint8Array): unknown =>
  // From a Node Buffer, msgpackr would return Buffers, which print and compare differently.
  packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
