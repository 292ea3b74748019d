/**
 * MessagePack in browsers, where a whole library would be larger than the client. The value codec writes frames, because its forms are
 * MessagePack's. A host may also send longer forms, so there is a separate reader.
 */
import { encodeValue, type Value } from '@vms/format'
import { FRAME_DEPTH, HOST_FRAME_BYTES } from './limits.ts'

export { unpack } from './unpack.browser.ts'

const limits = { maxBytes: HOST_FRAME_BYTES, maxDepth: FRAME_DEPTH }

/** Encodes a frame. */
export const pack = (frame: unknown): Uint8Array => encodeValue(frame as Value, limits)
