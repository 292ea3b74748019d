/** Puts the value codec together, for this realm and as source text for another one. */
import { createValueDecoder, type DecodeValue } from './value-decoder.ts'
import { createValueEncoder, type EncodeValue } from './value-encoder.ts'
import { createValueErrorMaker, type MakeValueError } from './value-error.ts'
import { createExtensionReader, createExtensionWriter } from './value-extensions.ts'
import { createValueFaults } from './value-faults.ts'
import { createValueKinds } from './value-kinds.ts'
import { createValueReader } from './value-reader.ts'
import { createValueRealm } from './value-realm.ts'
import { VALUE_LIMITS, type ValueLimits } from './value-types.ts'
import { createValueWriter } from './value-writer.ts'

/** Writes and reads values. Each codec has a buffer of its own. */
export interface ValueCodec {
  readonly encode: EncodeValue
  readonly decode: DecodeValue
}

const parts = {
  createValueRealm,
  createValueFaults,
  createValueKinds,
  createValueWriter,
  createExtensionWriter,
  createValueEncoder,
  createValueReader,
  createExtensionReader,
  createValueDecoder,
}

/** Self-contained except for its parameters: see `value-realm.ts`. */
function assemble(
  part: typeof parts,
  makeError: MakeValueError,
  defaults: ValueLimits,
): ValueCodec {
  const realm = part.createValueRealm()
  const faults = part.createValueFaults(realm, makeError)
  const kindOf = part.createValueKinds(realm, faults)
  const writer = part.createValueWriter(realm, faults.fail)
  const toExtension = part.createExtensionWriter(realm, writer, faults.fail)
  const reader = part.createValueReader(realm, makeError)
  const fromExtension = part.createExtensionReader(realm, reader)
  return {
    encode: part.createValueEncoder(realm, faults, kindOf, writer, toExtension, defaults),
    decode: part.createValueDecoder(realm, reader, fromExtension, defaults),
  }
}

/** A codec that takes this realm's intrinsics as they are now. `makeError` makes its errors. */
export function createValueCodec(makeError: MakeValueError): ValueCodec {
  return assemble(parts, makeError, VALUE_LIMITS)
}

/**
 * A JavaScript expression that gives a {@link ValueCodec} of the realm in which it is evaluated; its errors are plain ones with the name and fields of
 * `ValueError`. Node's type stripping and the compiler both leave plain JavaScript of the functions. (A bundler that puts calls of its own into
 * functions, such as esbuild with `keepNames`, would break that: a test evaluates the text in a bare realm.)
 */
export function valueCodecSource(): string {
  const source = Object.entries(parts).map(([name, part]) => `${name}: ${part.toString()},`)
  const makeError = `(${createValueErrorMaker.toString()})()`
  return `(() => {
'use strict'
const parts = { ${source.join('\n')} }
return (${assemble.toString()})(parts, ${makeError}, ${JSON.stringify(VALUE_LIMITS)})
})()`
}
