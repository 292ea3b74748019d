/**
 * The ledger's Merkle tree as it grows. The nodes of recent entries are kept in memory, because each reply carries a
 * path through them; older ones are read from hypercore, which stores all.
 */
import { type Crypto, leafNode, type TreeNode, TreeRoots } from '@vms/format'
import { type Core, readNodes } from '../engine/hypercore.ts'

/** Nodes in memory, about 150 bytes each: the trees of the last 16,000 entries. Bounds memory; older paths cost a read. */
const RECENT_NODES = 32_768

/** A growing tree with its recent nodes. */
export class TreeNodeCache {
  #crypto: Crypto
  #core: Core
  #roots: TreeRoots
  #recent = new Map<number, TreeNode>()

  constructor(crypto: Crypto, core: Core, roots: readonly TreeNode[]) {
    this.#crypto = crypto
    this.#core = core
    this.#roots = new TreeRoots(crypto, roots)
    for (const root of roots) this.#recent.set(root.index, root)
  }

  /** Adds the next entry, and returns its leaf. */
  append(block: Uint8Array): TreeNode {
    const leaf = leafNode(this.#crypto, this.#roots.length, block)
    for (const node of this.#roots.append(leaf)) this.#recent.set(node.index, node)
    return leaf
  }

  /** Forgets the oldest nodes beyond {@link RECENT_NODES}. */
  trim(): void {
    let excess = this.#recent.size - RECENT_NODES
    for (const index of this.#recent.keys()) {
      if (excess-- <= 0) return
      this.#recent.delete(index)
    }
  }

  /** Tree hash over all entries added. */
  hash(): Uint8Array {
    return this.#roots.hash()
  }

  /** The nodes with these flat indexes. Throws if one is not in the tree. */
  async nodes(indexes: readonly number[]): Promise<TreeNode[]> {
    const found = indexes.map((index) => this.#recent.get(index))
    const absent = indexes.filter((_, at) => !found[at])
    const read = absent.length > 0 ? await readNodes(this.#core, absent) : []
    return indexes.map((index, at) => {
      const node = found[at] ?? read.shift()
      if (!node) throw new RangeError(`node ${index} is not in the tree`)
      return { index: node.index, size: node.size, hash: Uint8Array.from(node.hash) }
    })
  }
}
