// The part of hypercore-crypto 3 that names topics; the package ships no types.
declare module 'hypercore-crypto' {
  /** A hash of the key, the topic under which peers who know the key meet. */
  export function discoveryKey(key: Uint8Array): Uint8Array
}
