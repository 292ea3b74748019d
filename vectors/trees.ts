/** Both trees over the same entries: roots at each length, paths, consistency. See `docs/spec/format.md`, "Trees". */
import {
  fillIndexes,
  leafNode,
  pathIndexes,
  Rfc6962Range,
  type TreeNode,
  TreeRoots,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'

const LENGTH = 19
const blocks = Array.from({ length: LENGTH }, (_, i) => new Uint8Array(i * 7).fill(i))

const nodes = new Map<number, TreeNode>()
const tree = new TreeRoots(crypto)
const range = new Rfc6962Range(crypto)

const json = ({ index, size, hash }: TreeNode) => ({ index, size, hash: toHex(hash) })
const at = (index: number) => json(nodes.get(index) as TreeNode)

const lengths: object[] = []
const note = () =>
  lengths.push({
    length: tree.length,
    roots: tree.nodes.map(json),
    treeHash: toHex(tree.hash()),
    rfc6962Root: toHex(range.root()),
  })

note()
for (const [i, block] of blocks.entries()) {
  const leaf = leafNode(crypto, i, block)
  for (const node of tree.append(leaf)) nodes.set(node.index, node)
  range.append(leaf.hash)
  note()
}

const rootsAt = (length: number): number[] => fillIndexes(0, length)
const covers = (top: number, entry: number): boolean => {
  const path = pathIndexes(entry, top)
  const reached = path.reduce((node, sibling) => (node + sibling) / 2, 2 * entry)
  return reached === top
}

/** The path of an entry to the root above it in the tree of `length` entries. */
function path(entry: number, length: number): object {
  const top = rootsAt(length).find((root) => covers(root, entry)) as number
  return { entry, length, siblings: pathIndexes(entry, top).map(at), root: at(top) }
}

const growth = (from: number, to: number): object => ({
  from,
  to,
  nodes: fillIndexes(from, to).map(at),
})

export const treeVectors = (): object => ({
  about:
    'Trees. blocks: hex. lengths: what both trees are after that many blocks. paths: siblings from the leaf of an entry to a root. consistency: what to append to the roots at `from` to have the roots at `to`.',
  blocks: blocks.map(toHex),
  lengths,
  paths: [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [0, 8],
    [5, 8],
    [7, 8],
    [8, 9],
    [9, 11],
    [12, 16],
    [3, 19],
    [17, 19],
    [18, 19],
  ].map(([entry = 0, length = 0]) => path(entry, length)),
  consistency: [
    [0, 1],
    [0, 7],
    [1, 2],
    [3, 4],
    [5, 8],
    [6, 11],
    [7, 19],
    [8, 16],
    [13, 13],
    [16, 19],
  ].map(([from = 0, to = 0]) => growth(from, to)),
})
