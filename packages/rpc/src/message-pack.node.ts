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

/** Bytes of a frame. */
export const pack = (frame: unknown): Uint8Array => packr.pack(frame)

/** The parts of what {@link plainFault} found nothing wrong with. Byte strings share memory with `bytes`. */
export const unpack = (bytes: Uint8Array): unknown =>
  // Of a Node Buffer, the parts would be Buffers too, which print and compare differently.
  packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
