/**
 * Proofs of what a ledger holds, for a reader who has nothing of it: an entry with its path to the head, or the tree at an earlier
 * length with what makes it grow into that of the head. The ledger's key commits to the manifest, whose signer signed the head.
 */
import {
  bytes,
  type Crypto,
  climb,
  decodeReceipt,
  decodeValue,
  encodeKey,
  encodeReceipt,
  encodeValue,
  fillIndexes,
  firstLeaf,
  type Infer,
  leafCount,
  leafNode,
  ledgerKey,
  list,
  manifestShape,
  oneOf,
  ProofError,
  pathIndexes,
  record,
  sameBytes,
  type TreeNode,
  TreeRoots,
  treeNodeShape,
  verifyHead,
} from '@vms/format'
import type { LedgerSource } from '../source.ts'
import type { EntryProof, PrefixProof } from './finding.ts'

type Source = Pick<LedgerSource, 'key' | 'manifest' | 'head' | 'entries'>

const NODES_MAX = 2 * 53

const prefixShape = record({
  version: oneOf(1),
  manifest: manifestShape,
  /** Roots of the tree at the earlier length. */
  roots: list(treeNodeShape, NODES_MAX),
  /** The subtrees between that length and the head's. */
  rest: list(treeNodeShape, NODES_MAX),
  signature: bytes(64),
})

type Prefix = Infer<typeof prefixShape>

/** Proves entries of a ledger whose entries are those that its head signs. Reads the ledger once more. */
export async function proveEntries(
  crypto: Crypto,
  source: Source,
  indexes: readonly number[],
): Promise<EntryProof[]> {
  const { head, manifest } = source
  const tops = fillIndexes(0, head.length)
  const paths = indexes.map((index) => pathIndexes(index, topOf(index, tops)))
  const { nodes, blocks } = await read(crypto, source, [...tops, ...paths.flat()], indexes)
  const roots = nodesAt(nodes, tops)
  return indexes.map((index, i) => {
    const entry = blocks.get(index) as Uint8Array
    const path = nodesAt(nodes, paths[i] ?? [])
    const receipt = { version: 1 as const, manifest, index, entry, path, roots }
    const encoded = encodeReceipt({ ...receipt, signature: head.signature })
    return { kind: 'entry', ledger: encodeKey(source.key), index, receipt: base64(encoded) }
  })
}

/** Proves which tree a ledger had at an earlier length. */
export async function provePrefix(
  crypto: Crypto,
  source: Source,
  length: number,
): Promise<PrefixProof> {
  const { head, manifest } = source
  const [roots, rest] = [fillIndexes(0, length), fillIndexes(length, head.length)]
  const { nodes } = await read(crypto, source, [...roots, ...rest], [])
  const prefix: Prefix = {
    version: 1,
    manifest,
    roots: nodesAt(nodes, roots),
    rest: nodesAt(nodes, rest),
    signature: head.signature,
  }
  const ledger = encodeKey(source.key)
  return { kind: 'prefix', ledger, length, prefix: base64(encodeValue(prefix)) }
}

/** The entry that a proof proves. Throws {@link ProofError} if the proof does not hold. */
export function verifyEntryProof(crypto: Crypto, proof: EntryProof): Uint8Array {
  const receipt = decodeReceipt(fromBase64(proof.receipt))
  const tree = headTree(crypto, proof.ledger, receipt, receipt.roots)
  const top = climb(crypto, leafNode(crypto, receipt.index, receipt.entry), receipt.path)
  const root = tree.nodes.find(({ index }) => index === top.index)
  if (!root || root.size !== top.size || !sameBytes(root.hash, top.hash))
    throw new ProofError('the entry is not under the head')
  if (receipt.index !== proof.index) throw new ProofError('the proof is of another entry')
  return receipt.entry
}

/** The tree hash that a proof proves. Throws {@link ProofError} if the proof does not hold. */
export function verifyPrefixProof(crypto: Crypto, proof: PrefixProof): Uint8Array {
  const prefix = prefixShape(decodeValue(fromBase64(proof.prefix)), '$')
  headTree(crypto, proof.ledger, prefix, [...prefix.roots, ...prefix.rest])
  const tree = new TreeRoots(crypto, prefix.roots)
  if (tree.length !== proof.length) throw new ProofError('the proof is of another length')
  return tree.hash()
}

/** The tree of a signed head that these subtrees make up. */
function headTree(
  crypto: Crypto,
  ledger: string,
  { manifest, signature }: Pick<Prefix, 'manifest' | 'signature'>,
  subtrees: readonly TreeNode[],
): TreeRoots {
  const key = ledgerKey(crypto, manifest)
  if (encodeKey(key) !== ledger) throw new ProofError('the proof is of another ledger')
  const tree = new TreeRoots(crypto, subtrees)
  const head = { length: tree.length, treeHash: tree.hash(), signature }
  if (!verifyHead(crypto, key, manifest, head))
    throw new ProofError("the head's signature does not hold")
  return tree
}

/** Nodes of the tree, and blocks, at these indexes. */
async function read(
  crypto: Crypto,
  source: Source,
  indexes: readonly number[],
  wanted: readonly number[],
): Promise<{ nodes: Map<number, TreeNode>; blocks: Map<number, Uint8Array> }> {
  const [needed, kept] = [new Set(indexes), new Set(wanted)]
  const nodes = new Map<number, TreeNode>()
  const blocks = new Map<number, Uint8Array>()
  const tree = new TreeRoots(crypto)
  for await (const block of source.entries(0, source.head.length)) {
    const index = tree.length
    if (kept.has(index)) blocks.set(index, block)
    for (const node of tree.append(leafNode(crypto, index, block)))
      if (needed.has(node.index)) nodes.set(node.index, node)
  }
  return { nodes, blocks }
}

const nodesAt = (nodes: ReadonlyMap<number, TreeNode>, indexes: readonly number[]): TreeNode[] =>
  indexes.map((index) => nodes.get(index) as TreeNode)

/** The root that covers an entry. */
function topOf(entry: number, tops: readonly number[]): number {
  const top = tops.find((index) => entry < firstLeaf(index) + leafCount(index))
  if (top === undefined) throw new Error(`entry ${entry} is past the head`)
  return top
}

const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64')

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
