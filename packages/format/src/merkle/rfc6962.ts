/**
 * The second tree over the same entries: SHA-256 as in RFC 6962 §2.1, so that the witnesses and tools of transparency
 * logs can follow a ledger. The data of a leaf is the entry's leaf hash in the first tree, so each entry is hashed once.
 * Only the right edge is kept (a compact range): that is enough to append and to give the root.
 */
import type { Crypto } from '../crypto/crypto.ts'

type Sha256 = Pick<Crypto, 'sha256'>

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const HASH_BYTES = 32

/** The growing edge of an RFC 6962 tree. */
export class Rfc6962Range {
  #crypto: Sha256
  /** Hashes of the complete subtrees, largest first: one per 1 bit of the length. */
  #edge: Uint8Array[]
  #length: number

  /** Starts empty, or from a length and the edge that {@link edge} gave. */
  constructor(crypto: Sha256, length = 0, edge: Uint8Array = new Uint8Array()) {
    this.#crypto = crypto
    this.#length = length
    this.#edge = []
    for (let at = 0; at < edge.length; at += HASH_BYTES)
      this.#edge.push(edge.slice(at, at + HASH_BYTES))
    if (edge.length % HASH_BYTES !== 0 || this.#edge.length !== ones(length)) {
      throw new RangeError(
        `an edge of ${edge.length} bytes does not go with a tree of ${length} entries`,
      )
    }
  }

  get length(): number {
    return this.#length
  }

  /** The edge as bytes: 32 for each complete subtree, largest first. */
  get edge(): Uint8Array {
    const out = new Uint8Array(HASH_BYTES * this.#edge.length)
    this.#edge.forEach((hash, i) => {
      out.set(hash, HASH_BYTES * i)
    })
    return out
  }

  /** Appends one entry by its leaf hash in the first tree. */
  append(leafHash: Uint8Array): void {
    let hash = this.#crypto.sha256(LEAF, leafHash)
    for (let rest = this.#length; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = this.#crypto.sha256(NODE, this.#edge.pop() as Uint8Array, hash)
    }
    this.#edge.push(hash)
    this.#length += 1
  }

  /** The Merkle tree hash of all entries so far; of none, the hash of nothing. */
  root(): Uint8Array {
    const [last, ...rest] = this.#edge.toReversed()
    if (!last) return this.#crypto.sha256(new Uint8Array())
    return rest.reduce((right, left) => this.#crypto.sha256(NODE, left, right), last)
  }

  clone(): Rfc6962Range {
    return new Rfc6962Range(this.#crypto, this.#length, this.edge)
  }
}

function ones(length: number): number {
  let count = 0
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
