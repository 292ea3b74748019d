/** Gathers evidence: reads the ledger again, and keeps the entries that prove one finding, with their paths to the signed head. */
import {
  appendSubtrees,
  type Crypto,
  decodeEntry,
  fillIndexes,
  firstLeaf,
  leafCount,
  leafNode,
  pathIndexes,
  Rfc6962Range,
  requestId,
  sameBytes,
  type TreeNode,
  TreeRoots,
  toHex,
} from '@vms/format'
import {
  EVIDENCE_BYTES,
  type Evidence,
  type EvidenceEntry,
  type EvidenceTree,
  evidenceBytes,
  evidenceHead,
  evidenceManifest,
  evidenceNode,
} from '../findings/evidence.ts'
import type { LedgerSource } from '../read/source.ts'
import type { ProofNeeds } from './proof-needs.ts'

/** Approximate bytes of one node in a report. An epoch of many small calls has more bytes of nodes than of entries. */
const NODE_BYTES = 110

export interface ProveOptions {
  readonly crypto: Crypto
  readonly source: LedgerSource
  readonly needs: ProofNeeds
  readonly signal?: AbortSignal
}

/** The evidence; null if it would be longer than {@link EVIDENCE_BYTES}, or if the source no longer has all entries. */
export async function prove(options: ProveOptions): Promise<Evidence | null> {
  const { source, needs } = options
  const { head, key, manifest } = source
  const gathered = await gather(options, await wantedEntries(options))
  if (!gathered) return null
  const { blocks, node, edge } = gathered
  const roots = fillIndexes(0, head.length)
  const entries = [...blocks].map(
    ([index, block]): EvidenceEntry => ({
      index,
      bytes: evidenceBytes(block),
      path: pathIndexes(index, topOf(index, roots)).map(node),
    }),
  )
  const trees = needs.trees.map(
    (length): EvidenceTree => ({
      head: 0,
      length,
      roots: fillIndexes(0, length).map(node),
      rest: fillIndexes(length, head.length).map(node),
    }),
  )
  return {
    ledger: toHex(key),
    manifest: evidenceManifest(manifest),
    heads: [evidenceHead(head)],
    roots: roots.map(node),
    entries,
    trees,
    subtrees: needs.nodes.map((index) => ({
      node: node(index),
      path: pathFrom(index, roots).map(node),
    })),
    rfc6962: needs.edge === null ? null : { length: needs.edge, edge: toHex(edge) },
    receipt: null,
    files: null,
  }
}

/** Siblings from a node, which may be a leaf, up to a root. */
const pathFrom = (index: number, roots: readonly number[]): number[] => {
  const first = firstLeaf(index)
  return pathIndexes(first, topOf(first, roots)).filter(
    (sibling) => leafCount(sibling) >= leafCount(index),
  )
}

const topOf = (entry: number, roots: readonly number[]): number =>
  roots.find((root) => entry < firstLeaf(root) + leafCount(root)) as number

/** The genesis, which binds keys and limits, and the entries that the finding needs. */
async function wantedEntries({
  crypto,
  source,
  needs,
}: ProveOptions): Promise<(index: number) => boolean> {
  const others =
    needs.sameRequest === null
      ? new Set<number>()
      : await sameRequests(crypto, source, needs.sameRequest)
  return (index) =>
    index === 0 ||
    others.has(index) ||
    needs.spans.some(([start, end]) => index >= start && index < end)
}

/** Indexes of the entries up to `last` that hold the same request as the entry at `last`. */
async function sameRequests(
  crypto: Crypto,
  source: LedgerSource,
  last: number,
): Promise<Set<number>> {
  const byId = new Map<string, number[]>()
  let index = 0
  let id: string | null = null
  for await (const block of source.entries(0, last + 1)) {
    const entry = decodeEntry(block)
    id = entry.type === 'calls' ? toHex(requestId(crypto, entry.request)) : null
    if (id !== null) byId.set(id, [...(byId.get(id) ?? []), index])
    index += 1
  }
  return new Set(id === null ? [] : byId.get(id))
}

/** Length of the prefix of the ledger that has all needed entries. */
function reachOf({ spans, trees, nodes, edge, sameRequest }: ProofNeeds): number {
  const ends = [
    ...spans.map(([, end]) => end),
    ...trees,
    ...nodes.map((index) => firstLeaf(index) + leafCount(index)),
  ]
  return Math.max(1, ...ends, edge ?? 0, (sameRequest ?? -1) + 1)
}

interface Gathered {
  readonly blocks: ReadonlyMap<number, Uint8Array>
  readonly node: (index: number) => ReturnType<typeof evidenceNode>
  /** Edge of the RFC 6962 tree, where the finding needs one. */
  readonly edge: Uint8Array
}

async function gather(
  { crypto, source, needs, signal }: ProveOptions,
  wanted: (index: number) => boolean,
): Promise<Gathered | null> {
  const { head } = source
  const roots = fillIndexes(0, head.length)
  const nodeIndexes = new Set([
    ...roots,
    ...needs.nodes.flatMap((index) => [index, ...pathFrom(index, roots)]),
    ...needs.trees.flatMap((n) => [...fillIndexes(0, n), ...fillIndexes(n, head.length)]),
  ])
  for (let index = 0; index < head.length; index++) {
    if (!wanted(index)) continue
    for (const sibling of pathIndexes(index, topOf(index, roots))) nodeIndexes.add(sibling)
  }
  const blocks = new Map<number, Uint8Array>()
  const nodes = new Map<number, TreeNode>()
  const tree = new TreeRoots(crypto)
  const rfc = new Rfc6962Range(crypto)
  let bytes = 0
  const keep = (created: readonly TreeNode[]): void => {
    for (const node of created) if (nodeIndexes.has(node.index)) nodes.set(node.index, node)
  }
  const reach = reachOf(needs)
  // Entries after the finding are read only if the source has no nodes of the tree.
  const rest = (await source.subtrees?.(reach, head.length)) ?? null
  for await (const block of source.entries(0, rest ? reach : head.length)) {
    signal?.throwIfAborted()
    const index = tree.length
    if (wanted(index)) {
      blocks.set(index, Uint8Array.from(block))
      bytes += block.length + NODE_BYTES * pathIndexes(index, topOf(index, roots)).length
      if (bytes > EVIDENCE_BYTES) return null
    }
    const leaf = leafNode(crypto, index, block)
    if (needs.edge !== null && index < needs.edge) rfc.append(leaf.hash)
    keep(tree.append(leaf))
  }
  if (rest && tree.length === reach) keep(appendSubtrees(tree, reach, head.length, rest))
  if (tree.length !== head.length || !sameBytes(tree.hash(), head.treeHash)) return null
  return { blocks, node: (index) => evidenceNode(nodes.get(index) as TreeNode), edge: rfc.edge }
}
