/**
 * MessagePack in browsers, where a whole library would outweigh the client: the value codec writes frames, since its forms
 * are MessagePack's; what a host sends may stand in longer forms too, so it has a reader of its own.
 */
import { encodeValue, type Value } from '@vms/format'
import { FRAME_DEPTH, HOST_FRAME_BYTES } from './limits.ts'

export { unpack } from './unpack.browser.ts'

const limits = { maxBytes: HOST_FRAME_BYTES, maxDepth: FRAME_DEPTH }

/** Bytes of a frame. */
export const pack = (frame: unknown): Uint8Array => encodeValue(frame as Value, limits)
