/** The drive of a directory as an audit reads it: its signed trees at any length, and its blocks as they are stored. */
import type { FilesHead } from '@vms/format'
import { type SignedFiles, signedTree } from '../cores/signed-tree.ts'
import { type Core, readDriveSigner } from '../engine/hypercore.ts'
import { storedBlocks, storedNodes } from './checked-blocks.ts'
import { readEntries } from './entries.ts'

/** Nothing here is checked: the reader has a files head to compare with, and checks the signatures. */
export class DriveArchive {
  #cores: { readonly db: Core; readonly blobs: Core }

  constructor({ db, blobs }: { readonly db: Core; readonly blobs: Core }) {
    this.#cores = { db, blobs }
  }

  /** Blocks of the two cores. */
  async lengths(): Promise<Pick<FilesHead, 'dbLength' | 'blobsLength'>> {
    const { db, blobs } = this.#cores
    return { dbLength: db.length, blobsLength: blobs.length }
  }

  /** The drive's trees at these lengths, with its own signed heads; null if the drive is shorter, or nodes are missing. */
  async treesAt(dbLength: number, blobsLength: number): Promise<SignedFiles | null> {
    const { db, blobs } = this.#cores
    if (db.length < dbLength || blobs.length < blobsLength) return null
    const signedDb = await signedTree(db, dbLength)
    const signedBlobs = blobsLength === 0 ? null : await signedTree(blobs, blobsLength)
    if (!signedDb || (blobsLength > 0 && !signedBlobs)) return null
    return { signer: readDriveSigner(db), db: signedDb, blobs: signedBlobs }
  }

  /** The blocks [start, end) of the directory tree (`db`) or of the contents (`blobs`). */
  async *blocks(name: 'db' | 'blobs', start: number, end: number): AsyncGenerator<Uint8Array> {
    const core = this.#cores[name]
    yield* readEntries(storedBlocks(core), storedNodes(core), start, end)
  }
}
