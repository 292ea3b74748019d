/** What the signatures of a drive say, checked by the files key alone. */
import { driveKeys, type FilesHead, headSignable, sameBytes, TreeRoots } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { Replica, SignedTree } from '../src/index.ts'

/** Tree hash at the earlier length, if the nodes lead to a head that the drive's key signed. */
function hashAt({ head, length, roots, rest }: SignedTree, key: Uint8Array, signer: Uint8Array) {
  const tree = new TreeRoots(crypto, roots)
  if (tree.length !== length) throw new Error('the roots are of another length')
  const hash = tree.hash()
  for (const node of rest) tree.append(node)
  if (!sameBytes(tree.hash(), head.treeHash)) throw new Error('the nodes lead to another head')
  const signable = headSignable(key, head.length, head.treeHash)
  if (!crypto.verify(signable, head.signature, signer)) throw new Error('the head is not signed')
  return hash
}

/** The files head that a replica's drive signs at these lengths. */
export async function filesHeadAt(
  replica: Replica,
  dbLength: number,
  blobsLength: number,
): Promise<FilesHead> {
  const { signer, db, blobs } = await replica.filesTrees(dbLength, blobsLength)
  const keys = driveKeys(crypto, signer as Uint8Array)
  if (!sameBytes(keys.db, replica.manifest.filesKey)) throw new Error('another drive')
  return {
    dbLength,
    dbHash: hashAt(db, keys.db, signer as Uint8Array),
    blobsLength,
    blobsHash: blobs
      ? hashAt(blobs, keys.blobs, signer as Uint8Array)
      : new TreeRoots(crypto).hash(),
  }
}
