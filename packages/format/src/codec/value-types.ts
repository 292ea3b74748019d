/** Values that a script may take and return, and the limits of their encoding. */

/** Every value that has an encoding. Arrays without holes, objects without a prototype of their own, well-formed strings. */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Value[]
  | { [key: string]: Value }
  | Map<Value, Value>
  | Set<Value>

/** Bounds of one encoded value, the same in both directions. */
export interface ValueLimits {
  /** Bytes of the whole encoding. */
  readonly maxBytes: number
  /** Containers (array, object, Map, Set) inside each other; 0 allows only scalars. Writer and reader recurse this deep: keep it under 1,000. */
  readonly maxDepth: number
  /** Bytes of one bigint in two's complement. */
  readonly maxBigintBytes: number
}

/**
 * Defaults.
 *
 * - 8 MiB: a value fits an entry (15 MiB) beside what else stands there, and one call cannot make every reader of the ledger take more memory than that.
 * - 64 levels: readers in other languages recurse too, on small stacks; data that people write by hand has fewer than 20.
 * - 4,096 bytes: holds any key or modulus in use; a bigint's arithmetic costs more than linear time, so its size is bounded apart from the value's.
 */
export const VALUE_LIMITS: ValueLimits = {
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 64,
  maxBigintBytes: 4_096,
}
