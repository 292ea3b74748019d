/** The value codec for the realm of a script, as source text. */
import { valueCodecSource } from './value-codec.ts'

/**
 * A JavaScript expression. Evaluated in a realm, before anything that is not trusted, it gives `{ encode(value, limits?), decode(bytes, limits?) }` of
 * that realm. They throw errors named `ValueError` with the fields of the class of that name.
 */
export const runtimeCodec: string = valueCodecSource()
