/** Writes frames. Apart from what reads them, which a page loads later. */
import { pack } from '#message-pack'
import type { ClientFrame, HostFrame } from './frames.ts'

/** Bytes of a frame. The fields of its records must stand in the order that the types list. */
export const encodeFrame = (frame: ClientFrame | HostFrame): Uint8Array => pack(frame)
