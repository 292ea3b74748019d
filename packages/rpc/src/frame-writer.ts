/** Encodes frames. The decoder is a file of its own, because a page loads it later. */
import { pack } from '#message-pack'
import type { ClientFrame, HostFrame } from './frames.ts'

/** Encodes a frame. The fields of its records must have the order of the types. */
export const encodeFrame = (frame: ClientFrame | HostFrame): Uint8Array => pack(frame)
