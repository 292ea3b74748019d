// The part of hypercore-crypto 3 that names topics; the package ships no types.
declare module 'hypercore-crypto' {
  /** A hash of the key, under which peers meet who know it. */
  export function discoveryKey(key: Uint8Array): Uint8Array
}
