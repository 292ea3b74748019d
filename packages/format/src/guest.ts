/**
 * The value codec as source text, for the realm of a script.
 *
 * The `create…` functions refer to nothing outside themselves; node's type stripping and the compiler both leave plain JavaScript, so their text can be
 * evaluated anywhere. (A bundler that injects calls of its own into functions, such as esbuild with `keepNames`, would break that: a test evaluates the
 * text in a bare realm.)
 */
import { createValueDecoder } from './value-decoder.ts'
import { createValueEncoder } from './value-encoder.ts'
import { createValueErrorMaker } from './value-error.ts'
import { VALUE_LIMITS } from './value-types.ts'
import { createValueWriter } from './value-writer.ts'

/**
 * A JavaScript expression. Evaluated in a realm, before anything that is not trusted, it gives `{ encode(value, limits?), decode(bytes, limits?) }` of
 * that realm. It throws errors named `ValueError` with the fields of the class of that name.
 */
export const guestCodec: string = `(() => {
'use strict'
const defaults = ${JSON.stringify(VALUE_LIMITS)}
const makeError = (${createValueErrorMaker.toString()})()
return {
encode: (${createValueEncoder.toString()})(${createValueWriter.toString()}, makeError, defaults),
decode: (${createValueDecoder.toString()})(makeError, defaults),
}
})()`
