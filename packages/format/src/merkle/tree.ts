/**
 * The Merkle tree of a hypercore: leaves, parents, roots, and the two proofs that a client needs.
 *
 * Nodes are numbered as a flat tree: leaf i is 2i, parents lie between their children. Hashes are BLAKE2b-256:
 * leaf = H(00 ‖ u64le size ‖ data), parent = H(01 ‖ u64le size of both ‖ left ‖ right),
 * tree hash = H(02 ‖ (hash ‖ u64le index ‖ u64le size) of each root). Source: hypercore-crypto.
 */

import { ProofError } from '../codec/errors.ts'
import type { Hasher } from '../crypto/crypto.ts'
import type { TreeNode } from './tree-node.ts'

const LEAF = 0
const PARENT = 1
const ROOT = 2

function header(type: number, size: number): Uint8Array {
  const out = new Uint8Array(9)
  out[0] = type
  writeU64(out, 1, size)
  return out
}

function writeU64(out: Uint8Array, at: number, value: number): void {
  const view = new DataView(out.buffer, out.byteOffset)
  view.setUint32(at, value % 2 ** 32, true)
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true)
}

/** Leaf of entry `entry` (0-based) with these bytes. */
export function leafNode(crypto: Hasher, entry: number, block: Uint8Array): TreeNode {
  return {
    index: 2 * entry,
    size: block.length,
    hash: crypto.hash(header(LEAF, block.length), block),
  }
}

/** Parent of two siblings. */
export function parentNode(crypto: Hasher, left: TreeNode, right: TreeNode): TreeNode {
  const size = left.size + right.size
  return {
    index: (left.index + right.index) / 2,
    size,
    hash: crypto.hash(header(PARENT, size), left.hash, right.hash),
  }
}

/** Hash over the roots of a tree: what a head signs. */
export function treeHash(crypto: Hasher, roots: readonly TreeNode[]): Uint8Array {
  const out = new Uint8Array(1 + 48 * roots.length)
  out[0] = ROOT
  roots.forEach((root, i) => {
    out.set(root.hash, 1 + 48 * i)
    writeU64(out, 1 + 48 * i + 32, root.index)
    writeU64(out, 1 + 48 * i + 40, root.size)
  })
  return crypto.hash(out)
}

/** Number of leaves below a node: 1 for an even index, 2 for 1, 5, 9…, 4 for 3, 11… */
export function leafCount(index: number): number {
  let count = 1
  for (let rest = index; rest % 2 === 1; rest = (rest - 1) / 2) count *= 2
  return count
}

/** First entry below a node. */
export const firstLeaf = (index: number): number => (index - leafCount(index) + 1) / 2

const nodeAt = (first: number, count: number): number => 2 * first + count - 1

/** Index of the other child of a node's parent. */
export function siblingIndex(index: number): number {
  const count = leafCount(index)
  const first = firstLeaf(index)
  return nodeAt((first / count) % 2 === 0 ? first + count : first - count, count)
}

/** Indexes of the largest complete subtrees that fill the entries [from, to), in order: from 0, the roots at `to`. */
export function fillIndexes(from: number, to: number): number[] {
  const indexes: number[] = []
  for (let first = from; first < to; ) {
    let count = 1
    while (first % (2 * count) === 0 && first + 2 * count <= to) count *= 2
    indexes.push(nodeAt(first, count))
    first += count
  }
  return indexes
}

/** Indexes of the siblings from the leaf of `entry` up to, and without, the node `top` that covers it. */
export function pathIndexes(entry: number, top: number): number[] {
  const indexes: number[] = []
  const limit = leafCount(top)
  let node = 2 * entry
  for (let count = 1; count < limit; count *= 2) {
    const sibling = siblingIndex(node)
    indexes.push(sibling)
    node = (node + sibling) / 2
  }
  return indexes
}

/** Climbs from `leaf` through its siblings and returns the node reached. Throws {@link ProofError} if one does not fit. */
export function climb(crypto: Hasher, leaf: TreeNode, siblings: readonly TreeNode[]): TreeNode {
  let node = leaf
  for (const sibling of siblings) {
    if (sibling.index !== siblingIndex(node.index))
      throw new ProofError(`node ${sibling.index} is no sibling of node ${node.index}`)
    node =
      sibling.index < node.index
        ? parentNode(crypto, sibling, node)
        : parentNode(crypto, node, sibling)
  }
  return node
}

/** The roots of a growing tree. Appending leaves or whole subtrees yields the parents that they complete. */
export class TreeRoots {
  #crypto: Hasher
  #roots: TreeNode[] = []
  #length = 0

  constructor(crypto: Hasher, roots: readonly TreeNode[] = []) {
    this.#crypto = crypto
    for (const root of roots) this.append(root)
  }

  /** Number of entries. */
  get length(): number {
    return this.#length
  }

  get nodes(): readonly TreeNode[] {
    return this.#roots
  }

  /**
   * Appends the subtree that starts at the next entry and returns it with every parent it completes, lowest first.
   * Throws {@link ProofError} if it starts elsewhere.
   */
  append(node: TreeNode): TreeNode[] {
    if (firstLeaf(node.index) !== this.#length)
      throw new ProofError(`node ${node.index} does not continue a tree of ${this.#length} entries`)
    const created = [node]
    let last = node
    this.#length += leafCount(node.index)
    for (
      let left = this.#roots.at(-1);
      left && siblingIndex(left.index) === last.index;
      left = this.#roots.at(-1)
    ) {
      this.#roots.pop()
      last = parentNode(this.#crypto, left, last)
      created.push(last)
    }
    this.#roots.push(last)
    return created
  }

  /** The tree hash at the present length. */
  hash(): Uint8Array {
    return treeHash(this.#crypto, this.#roots)
  }

  clone(): TreeRoots {
    const copy = new TreeRoots(this.#crypto)
    copy.#roots = [...this.#roots]
    copy.#length = this.#length
    return copy
  }
}
