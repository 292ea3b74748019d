/** Converts values of this realm to bytes and back. See `docs/spec/format.md`, "Values". */
import { createValueCodec, type ValueCodec } from './value-codec.ts'
import { ValueError } from './value-error.ts'

export { ValueError } from './value-error.ts'
export { VALUE_LIMITS, type Value, type ValueLimits } from './value-types.ts'

const codec: ValueCodec = createValueCodec((problem) => new ValueError(problem))

/** The canonical bytes of a value. Throws {@link ValueError} with the path of a part that has no encoding or exceeds a limit. */
export const encodeValue: ValueCodec['encode'] = codec.encode

/** Decodes canonical bytes. Throws {@link ValueError} for any other bytes. The result shares no memory with `bytes`. */
export const decodeValue: ValueCodec['decode'] = codec.decode
