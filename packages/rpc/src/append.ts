/** Growing a tree by what another side sent. */
import { fillIndexes, ProofError, type TreeNode, type TreeRoots } from '@vms/format'

/**
 * Appends the subtrees that fill [from, to) and returns them with the parents that they complete. Throws {@link ProofError}
 * if they are others.
 */
export function appendAll(
  roots: TreeRoots,
  from: number,
  to: number,
  nodes: readonly TreeNode[],
): TreeNode[] {
  const expected = fillIndexes(from, to)
  if (nodes.length !== expected.length || nodes.some((node, i) => node.index !== expected[i])) {
    throw new ProofError(`these are not the subtrees of the entries from ${from} to ${to}`)
  }
  return nodes.flatMap((node) => roots.append(node))
}
