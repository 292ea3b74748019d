/** A ledger that is only a tree and a key: what the proofs are about, with all its nodes at hand. */
import {
  fillIndexes,
  headSignable,
  type LedgerManifest,
  leafNode,
  ledgerKey,
  pathIndexes,
  type SignedHead,
  type TreeNode,
  TreeRoots,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { HeadAdvance, Hello } from '../src/index.ts'

export class TreeLedger {
  readonly #signer = crypto.keyPair()
  readonly #roots = new TreeRoots(crypto)
  readonly #nodes = new Map<number, TreeNode>()
  readonly entries: Uint8Array[] = []
  readonly manifest: LedgerManifest = {
    signer: this.#signer.publicKey,
    filesKey: crypto.randomBytes(32),
    genesisHash: crypto.randomBytes(32),
  }
  readonly key = ledgerKey(crypto, this.manifest)

  append(count: number): this {
    for (let i = 0; i < count; i++) {
      const entry = crypto.randomBytes(1 + (this.entries.length % 7))
      const leaf = leafNode(crypto, this.entries.length, entry)
      this.entries.push(entry)
      for (const node of this.#roots.append(leaf)) this.#nodes.set(node.index, node)
    }
    return this
  }

  nodes(indexes: readonly number[]): TreeNode[] {
    return indexes.map((index) => this.#nodes.get(index) as TreeNode)
  }

  signed(length: number): SignedHead {
    const roots = new TreeRoots(crypto, this.nodes(fillIndexes(0, length)))
    const treeHash = roots.hash()
    const signature = crypto.sign(headSignable(this.key, length, treeHash), this.#signer.secretKey)
    return { length, treeHash, signature }
  }

  hello(length = this.entries.length): Hello['head'] {
    return {
      length,
      roots: this.nodes(fillIndexes(0, length)),
      signature: this.signed(length).signature,
    }
  }

  advance(from: number, length = this.entries.length): HeadAdvance {
    return {
      from,
      length,
      nodes: this.nodes(fillIndexes(from, length)),
      signature: this.signed(length).signature,
    }
  }

  path(index: number, top: number): TreeNode[] {
    return this.nodes(pathIndexes(index, top))
  }
}
