/**
 * Watches a core for a second history: a peer whose signed tree contradicts ours. hypercore then stops all use of the core, on the
 * host's side as well as on a follower's, and forgets the proof. This file keeps the proof, because two signed heads that contradict
 * each other convince a stranger.
 *
 * It sees only what peers of this core show. A caller with heads from other sources has to compare them.
 */
import {
  type Crypto,
  fillIndexes,
  headSignable,
  sameBytes,
  type TreeNode,
  TreeRoots,
} from '@vms/format'
import {
  type Core,
  headSignature,
  type Proof,
  proofSignature,
  readNodes,
} from '../engine/hypercore.ts'
import { ForkedError, type ForkedHead, type ForkProof } from '../errors/fork-errors.ts'

/** The ledger that a core belongs to. For a core of its files, also which of the two cores it is. */
export type Belonging = Pick<ForkProof, 'key' | 'manifest' | 'files'>

/** Calls `onFork` once, with the proof, when a peer shows another signed history of `core`. */
export function watchForks(
  core: Core,
  crypto: Crypto,
  belonging: () => Belonging | null,
  onFork: (error: ForkedError) => void,
): void {
  core.once('conflict', (_length: number, _fork: number, proof: Proof) => {
    const known = belonging()
    // A caller that never asks for the proof gets no unhandled rejection.
    const proven = known ? contradiction(core, crypto, known, proof).catch(() => null) : null
    onFork(new ForkedError(core.key, Promise.resolve(proven)))
  })
}

// hypercore closes the core after the event: start all reads of it before the first await.
async function contradiction(
  core: Core,
  crypto: Crypto,
  belonging: Belonging,
  { upgrade }: Proof,
): Promise<ForkProof | null> {
  const key = Uint8Array.from(core.key)
  const signer = belonging.files?.signer ?? belonging.manifest.signer
  const shared = new TreeRoots(crypto, upgrade.nodes)
  const { length } = shared
  const ours: ForkedHead = {
    length: core.length,
    treeHash: Uint8Array.from(core.state.hash()),
    signature: headSignature(core),
    fork: 0,
  }
  if (length > ours.length) return null
  const rootIndexes = fillIndexes(0, length)
  const reading = readNodes(core, [...rootIndexes, ...fillIndexes(length, ours.length)])
  const theirTree = new TreeRoots(crypto, [...upgrade.nodes, ...upgrade.additionalNodes])
  const theirs: ForkedHead = {
    length: theirTree.length,
    treeHash: theirTree.hash(),
    signature: proofSignature(upgrade.signature),
    fork: 0,
  }
  const nodes = (await reading).map(plainNode)
  const own = { roots: nodes.slice(0, rootIndexes.length), rest: nodes.slice(rootIndexes.length) }
  const ownTree = new TreeRoots(crypto, own.roots)
  const signed = [ours, theirs].every(({ length: reach, treeHash, signature }) =>
    crypto.verify(headSignable(key, reach, treeHash), signature, signer),
  )
  const differ = !sameBytes(ownTree.hash(), shared.hash())
  for (const node of own.rest) ownTree.append(node)
  if (!signed || !differ || !sameBytes(ownTree.hash(), ours.treeHash)) return null
  const theirNodes = {
    roots: upgrade.nodes.map(plainNode),
    rest: upgrade.additionalNodes.map(plainNode),
  }
  return {
    ...belonging,
    heads: [ours, theirs],
    trees: [
      { head: 0, length, ...own },
      { head: 1, length, ...theirNodes },
    ],
  }
}

function plainNode(node: TreeNode | null): TreeNode {
  if (!node) throw new RangeError('a node of the tree is not here')
  return { index: node.index, size: node.size, hash: Uint8Array.from(node.hash) }
}
