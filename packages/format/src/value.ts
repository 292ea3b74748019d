/** The value codec of this realm. See `docs/spec/format.md`, "Values". */
import { createValueDecoder, type DecodeValue } from './value-decoder.ts'
import { createValueEncoder, type EncodeValue } from './value-encoder.ts'
import { type MakeValueError, ValueError } from './value-error.ts'
import { VALUE_LIMITS } from './value-types.ts'
import { createValueWriter } from './value-writer.ts'

export { ValueError } from './value-error.ts'
export { VALUE_LIMITS, type Value, type ValueLimits } from './value-types.ts'

export interface ValueCodec {
  readonly encode: EncodeValue
  readonly decode: DecodeValue
}

/** A codec with a buffer of its own. `makeError` chooses what it throws. */
export function createValueCodec(
  makeError: MakeValueError = (problem) => new ValueError(problem),
): ValueCodec {
  return {
    encode: createValueEncoder(createValueWriter, makeError, VALUE_LIMITS),
    decode: createValueDecoder(makeError, VALUE_LIMITS),
  }
}

const codec = createValueCodec()

/**
 * The canonical bytes of a value. Throws {@link ValueError} that names the path of what has no encoding or passes a limit.
 */
export const encodeValue: EncodeValue = codec.encode

/** The value that canonical bytes are. Throws {@link ValueError} for anything else; the result shares no memory with `bytes`. */
export const decodeValue: DecodeValue = codec.decode
