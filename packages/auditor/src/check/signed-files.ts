/**
 * The published files as an audit receives them: trees with signatures by the drive's key. The ledger's key commits to the drive's key, so
 * a tree with a valid signature is the host's own statement about its files.
 */
import {
  type Crypto,
  driveKeys,
  headSignable,
  ProofError,
  sameBytes,
  TreeRoots,
  toHex,
} from '@vms/format'
import type { SignedFiles, SignedTree } from '@vms/ledger'
import {
  type EvidenceFiles,
  type EvidenceFilesHead,
  type EvidenceTree,
  evidenceHead,
  evidenceNode,
} from '../findings/evidence.ts'

/** Names of the two cores in reports. */
export const CORES = { db: 'the directory tree', blobs: 'the contents' } as const

export type CoreName = keyof typeof CORES

/** Names the core whose signature or tree is invalid; null if both cores are valid. */
export function unsignedCore(
  crypto: Crypto,
  filesKey: Uint8Array,
  { signer, ...trees }: SignedFiles,
): CoreName | null {
  const keys = signer && driveKeys(crypto, signer)
  if (!signer || !keys || !sameBytes(keys.db, filesKey)) return 'db'
  for (const core of ['db', 'blobs'] as const) {
    const tree = trees[core]
    if (!tree) continue
    const { length, treeHash, signature } = tree.head
    const signable = headSignable(keys[core], length, treeHash)
    if (!leadsToHead(crypto, tree) || !crypto.verify(signable, signature, signer)) return core
  }
  return null
}

function leadsToHead(crypto: Crypto, { head, length, roots, rest }: SignedTree): boolean {
  try {
    const tree = new TreeRoots(crypto, roots)
    if (tree.length !== length) return false
    for (const node of rest) tree.append(node)
    return tree.length === head.length && sameBytes(tree.hash(), head.treeHash)
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

/** Tree hash at the earlier length. A core without blocks has the hash of an empty tree. */
export const hashAt = (crypto: Crypto, tree: SignedTree | null): Uint8Array =>
  new TreeRoots(crypto, tree?.roots ?? []).hash()

/** The trees of these cores as evidence. */
export function evidenceFiles(
  { signer, ...trees }: SignedFiles,
  cores: readonly CoreName[],
): EvidenceFiles {
  const heads: EvidenceFilesHead[] = []
  const cut: EvidenceTree[] = []
  for (const core of cores) {
    const tree = trees[core]
    if (!tree) continue
    cut.push({
      head: heads.length,
      length: tree.length,
      roots: tree.roots.map(evidenceNode),
      rest: tree.rest.map(evidenceNode),
    })
    heads.push({ core, ...evidenceHead(tree.head) })
  }
  return { signer: toHex(signer ?? new Uint8Array()), heads, trees: cut }
}
