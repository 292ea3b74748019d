/** Values of this realm to bytes and back. See `docs/spec/format.md`, "Values". */
import { createValueCodec, type ValueCodec } from './value-codec.ts'
import { ValueError } from './value-error.ts'

export { ValueError } from './value-error.ts'
export { VALUE_LIMITS, type Value, type ValueLimits } from './value-types.ts'

const codec: ValueCodec = createValueCodec((problem) => new ValueError(problem))

/** The canonical bytes of a value. Throws {@link ValueError}, which names the path of a part without an encoding or beyond a limit. */
export const encodeValue: ValueCodec['encode'] = codec.encode

/** The value that canonical bytes are. Throws {@link ValueError} for any other bytes. The result shares no memory with `bytes`. */
export const decodeValue: ValueCodec['decode'] = codec.decode
