/**
 * The verified head of a connection on the client's side: its roots, and the nodes under which the next replies are proven. Each `head`
 * frame of the host advances it.
 *
 * The client verifies everything. It accepts a head if the roots give its tree hash and the ledger's signer has signed it. It accepts
 * the next head only if appending to the roots gives it, so the history before it stays the same.
 */
import {
  appendSubtrees,
  type Checker,
  climb,
  fillIndexes,
  type Hasher,
  type LedgerManifest,
  leafCount,
  leafNode,
  ProofError,
  type Receipt,
  type SignedHead,
  sameBytes,
  siblingIndex,
  type TreeNode,
  TreeRoots,
  verifyHead,
} from '@vms/format'
import type { HeadAdvance, Hello } from './frames.ts'

/** The client's knowledge of a ledger. The key must be the manifest's. */
export interface KnownLedger {
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
}

/** Proof of one entry: the siblings from its leaf up to the known node `top`. */
export interface EntryProof {
  readonly index: number
  readonly entry: Uint8Array
  readonly path: readonly TreeNode[]
  readonly top: number
}

/** Most heads of one connection whose tree hashes the client keeps, about 100 bytes each. Refusals name recent ones. */
const RECENT_HEADS = 1_024

/** The verified head of one connection. */
export class HeadTracker {
  #crypto: Checker
  #ledger: KnownLedger
  #roots: TreeRoots
  #head: SignedHead
  /** Nodes at which a path may end, or through which it leads to a root. */
  #nodes = new Map<number, TreeNode>()
  /** Tree hashes of the heads that were verified, by length. */
  #verified = new Map<number, Uint8Array>()

  private constructor(crypto: Checker, ledger: KnownLedger, roots: TreeRoots, head: SignedHead) {
    this.#crypto = crypto
    this.#ledger = ledger
    this.#roots = roots
    this.#head = head
    this.#verified.set(head.length, head.treeHash)
    this.#keep(roots.nodes)
  }

  /** Starts at the head of a hello. Rejects with {@link ProofError} if its roots or its signature are invalid. */
  static async open(
    crypto: Checker,
    ledger: KnownLedger,
    head: Hello['head'],
  ): Promise<HeadTracker> {
    const roots = new TreeRoots(crypto, head.roots)
    if (roots.length !== head.length) {
      throw new ProofError(`the roots are of ${roots.length} entries, the head of ${head.length}`)
    }
    const signed = await signedHead(crypto, ledger, roots, head.signature)
    return new HeadTracker(crypto, ledger, roots, signed)
  }

  get head(): SignedHead {
    return this.#head
  }

  /** Tree hash of the head of `length` entries; null if the host sent no such head, or too long ago. */
  treeHashAt(length: number): Uint8Array | null {
    return this.#verified.get(length) ?? null
  }

  get roots(): readonly TreeNode[] {
    return this.#roots.nodes
  }

  /**
   * Advances to the next head. If that head does not extend the current one, rejects with {@link ProofError} and keeps the current one.
   * Call it again only after it has settled.
   */
  async advance({ from, length, nodes, signature }: HeadAdvance): Promise<void> {
    if (from !== this.#head.length || length <= from) {
      throw new ProofError(
        `a head of ${length} after ${from} does not follow one of ${this.#head.length}`,
      )
    }
    const next = this.#roots.clone()
    const known = [...next.nodes, ...appendSubtrees(next, from, length, nodes)]
    this.#head = await signedHead(this.#crypto, this.#ledger, next, signature)
    this.#roots = next
    this.#verified.set(this.#head.length, this.#head.treeHash)
    if (this.#verified.size > RECENT_HEADS)
      this.#verified.delete(this.#verified.keys().next().value as number)
    this.#nodes.clear()
    this.#keep(known)
  }

  /**
   * Checks that `entry` stands at `index` under the tracked head. `path` leads from its leaf to a node that the last
   * `head` frame brought, or to a root. Throws {@link ProofError}.
   */
  prove(index: number, entry: Uint8Array, path: readonly TreeNode[]): EntryProof {
    const top = climb(this.#crypto, leafNode(this.#crypto, index, entry), path)
    const known = this.#nodes.get(top.index)
    if (!known || known.size !== top.size || !sameBytes(known.hash, top.hash)) {
      throw new ProofError(`entry ${index} is not under the head of ${this.#head.length} entries`)
    }
    return { index, entry, path, top: top.index }
  }

  /** A receipt that anyone can check without this connection. The proof must be from the present head. */
  receipt({ index, entry, path, top }: EntryProof): Receipt {
    return {
      version: 1,
      manifest: this.#ledger.manifest,
      index,
      entry,
      path: [...path, ...this.#pathToRoot(top)],
      roots: [...this.#roots.nodes],
      signature: this.#head.signature,
    }
  }

  #keep(nodes: readonly TreeNode[]): void {
    for (const node of nodes) this.#nodes.set(node.index, node)
  }

  #pathToRoot(index: number): TreeNode[] {
    const path: TreeNode[] = []
    for (let node = index; !this.#roots.nodes.some((root) => root.index === node); ) {
      const sibling = this.#nodes.get(siblingIndex(node))
      if (!sibling) throw new ProofError(`node ${node} leads to no root`)
      path.push(sibling)
      node = (node + sibling.index) / 2
    }
    return path
  }
}

async function signedHead(
  crypto: Checker,
  { key, manifest }: KnownLedger,
  roots: TreeRoots,
  signature: Uint8Array,
): Promise<SignedHead> {
  const head = { length: roots.length, treeHash: roots.hash(), signature }
  if (!(await verifyHead(crypto, key, manifest, head))) {
    throw new ProofError(`the signature of the head of ${head.length} entries does not hold`)
  }
  return head
}

/**
 * Whether the verified head `newer` extends the one whose roots are `older`: `nodes` are the subtrees of
 * `fillIndexes(length of older, newer.length)`. Throws {@link ProofError} if they do not even fit there.
 */
export function extendsHead(
  crypto: Hasher,
  older: readonly TreeNode[],
  newer: SignedHead,
  nodes: readonly TreeNode[],
): boolean {
  const grown = new TreeRoots(crypto, older)
  if (grown.length > newer.length) return false
  appendSubtrees(grown, grown.length, newer.length, nodes)
  return sameBytes(grown.hash(), newer.treeHash)
}

/**
 * The host's side of {@link HeadTracker.prove}: the index of the node up to which a reply's path leads, for an entry under
 * a head of `length` entries when the last `head` frame began at `from`.
 */
export function coveringNode(index: number, from: number, length: number): number {
  const candidates = index >= from ? fillIndexes(from, length) : fillIndexes(0, length)
  const top = candidates.find((node) => covers(node, index))
  if (top === undefined) throw new ProofError(`entry ${index} is not below ${length}`)
  return top
}

function covers(node: number, entry: number): boolean {
  const count = leafCount(node)
  return Math.floor(entry / count) === Math.floor((node - count + 1) / 2 / count)
}
