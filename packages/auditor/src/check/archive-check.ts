/**
 * Compares the published files with the ledger: their tree hashes at the lengths of the last files head, and the bytes of
 * both cores. Also checks that the ledger accounts for every block that the drive's own signatures cover.
 *
 * The replay has computed the files head from the calls alone, so the scratch drive holds every byte that the published one
 * must hold.
 */
import {
  type Crypto,
  decodeEntry,
  type FilesHead,
  leafNode,
  type SignedHead,
  sameBytes,
  TreeRoots,
  toHex,
  verifyHead,
} from '@vms/format'
import type { ScratchFiles, SignedFiles } from '@vms/ledger'
import { accusation, type Finding, finding } from '../findings/finding.ts'
import { needsOf } from '../prove/proof-needs.ts'
import { prove } from '../prove/prove.ts'
import type { ArchiveSource, LedgerSource } from '../read/source.ts'
import { CORES, type CoreName, evidenceFiles, hashAt, unsignedCore } from './signed-files.ts'

/** How often the auditor asks the publisher for a later head, while its drive is ahead of the last one. */
const LATER_TRIES = 3

/** `all`: every block is fetched and hashed. `head`: the tree hashes are compared, and no content is fetched. */
export type ContentsCheck = 'all' | 'head'

export interface ArchiveCheckOptions {
  readonly crypto: Crypto
  readonly ledger: LedgerSource
  /** The head that was audited. */
  readonly head: SignedHead
  readonly archive: ArchiveSource
  /** The auditor's own drive, after the replay of `head`. */
  readonly scratch: ScratchFiles
  readonly contents: ContentsCheck
  /** Called with the number of blocks compared, and the number to compare. */
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** The findings, and the number of bytes of contents compared. */
export interface ArchiveChecked {
  readonly findings: readonly Finding[]
  readonly bytes: number
}

/** Compares published files with the files head of the audited head. */
export async function checkArchive(options: ArchiveCheckOptions): Promise<ArchiveChecked> {
  const { archive, scratch, contents, onProgress } = options
  const named = scratch.head
  const total = contents === 'all' ? named.dbLength + named.blobsLength : 1
  onProgress?.(0, total)
  const published = await archive.treesAt(named.dbLength, named.blobsLength)
  if (!published) {
    const expected = `files of ${named.dbLength} and ${named.blobsLength} blocks`
    return { findings: [finding('WITHHELD', { part: 'files', expected })], bytes: 0 }
  }
  const different = await compareTrees(options, options.ledger, named, published)
  if (different) return { findings: [different], bytes: 0 }
  const checked =
    contents === 'all' ? await checkContents(options, total) : { found: null, bytes: 0 }
  if (contents === 'head') onProgress?.(1, total)
  const found = checked.found ?? (await checkAccounted(options, named))
  return { findings: found ? [found] : [], bytes: checked.bytes }
}

/** Compares the published trees with a files head that the last entry of `ledger` names. */
async function compareTrees(
  { crypto, signal }: ArchiveCheckOptions,
  ledger: LedgerSource,
  named: FilesHead,
  published: SignedFiles,
): Promise<Finding | null> {
  const unsigned = unsignedCore(crypto, ledger.manifest.filesKey, published)
  if (unsigned) {
    const expected = `the tree of ${CORES[unsigned]} under a head that the key of the files signed`
    return finding('FILES_UNSIGNED', { part: 'files', expected })
  }
  const hashes = {
    db: [named.dbHash, hashAt(crypto, published.db)],
    blobs: [named.blobsHash, hashAt(crypto, published.blobs)],
  } as const
  const differing = (['db', 'blobs'] as const).filter((core) => !sameBytes(...hashes[core]))
  if (differing.length === 0) return null
  const { length } = ledger.head
  const needs = needsOf([[length - 1, length]])
  const evidence = await prove({ crypto, source: ledger, needs, ...(signal && { signal }) })
  const show = (side: 0 | 1): string => `${toHex(hashes.db[side])} ${toHex(hashes.blobs[side])}`
  return accusation(
    'ARCHIVE_DIFFERS',
    { entry: length - 1, part: 'files', expected: show(0), got: show(1) },
    evidence && { ...evidence, files: evidenceFiles(published, differing) },
  )
}

/** Compares every block of both cores with the same block of the auditor's own drive. */
async function checkContents(
  options: ArchiveCheckOptions,
  total: number,
): Promise<{ readonly found: Finding | null; readonly bytes: number }> {
  const { crypto, archive, scratch, onProgress, signal } = options
  const { dbLength, blobsLength } = scratch.head
  let bytes = 0
  let done = 0
  for (const [core, length] of [
    ['db', dbLength],
    ['blobs', blobsLength],
  ] as const) {
    const own = scratch.leafHashes(core, length)
    let index = 0
    for await (const block of archive.blocks(core, 0, length)) {
      signal?.throwIfAborted()
      const { value: hash } = await own.next()
      if (!hash || !sameBytes(leafNode(crypto, index, block).hash, hash))
        return { found: await damaged(scratch, core, index), bytes }
      bytes += core === 'blobs' ? block.length : 0
      index += 1
      onProgress?.(++done, total)
    }
    if (index < length) return { found: missing(core, index, length), bytes }
  }
  return { found: null, bytes }
}

/** The signed tree holds another block here: the bytes were damaged after the signature. That accuses nobody. */
async function damaged(scratch: ScratchFiles, core: CoreName, index: number): Promise<Finding> {
  const file = core === 'blobs' ? await scratch.fileOfBlock(index) : null
  return finding('CONTENTS_DAMAGED', {
    part: 'files',
    path: file,
    expected: `block ${index} of ${CORES[core]} as the files' tree hash covers it`,
    got: 'other bytes',
  })
}

const missing = (core: CoreName, index: number, length: number): Finding =>
  finding('WITHHELD', {
    part: 'files',
    expected: `${length} blocks of ${CORES[core]}`,
    got: String(index),
  })

/**
 * A drive longer than the audited head names may have grown since. In that case, a later head of the ledger, which the same publisher
 * signed, accounts for the additional blocks. A block for which no head accounts was written outside of the ledger.
 */
async function checkAccounted(
  options: ArchiveCheckOptions,
  named: FilesHead,
): Promise<Finding | null> {
  const { archive, signal } = options
  const drive = await archive.lengths()
  let covered: Accounted = { ledger: options.ledger, files: named }
  for (let tries = 0; !covers(covered.files, drive) && tries < LATER_TRIES; tries++) {
    signal?.throwIfAborted()
    const later = await archive.later?.()
    // If the publisher shows no ledger, no head can account for its files.
    if (!later) return null
    covered = (await laterFiles(options, later)) ?? covered
  }
  if (!covers(covered.files, drive)) {
    return finding('FILES_UNACCOUNTED', {
      part: 'files',
      expected: `at most ${covered.files.dbLength} and ${covered.files.blobsLength} blocks, as the newest head names`,
      got: `${drive.dbLength} and ${drive.blobsLength} blocks`,
    })
  }
  const { ledger, files } = covered
  if (files === named) return null
  const published = await archive.treesAt(files.dbLength, files.blobsLength)
  return published && compareTrees(options, ledger, files, published)
}

const covers = (
  named: Pick<FilesHead, 'dbLength' | 'blobsLength'>,
  drive: Pick<FilesHead, 'dbLength' | 'blobsLength'>,
): boolean => named.dbLength >= drive.dbLength && named.blobsLength >= drive.blobsLength

/** A files head, and the ledger whose last entry names it. */
interface Accounted {
  readonly ledger: LedgerSource
  readonly files: FilesHead
}

/** The files head that a later, signed head of the same history names; null if `later` proves none. */
async function laterFiles(
  { crypto, ledger, head }: ArchiveCheckOptions,
  later: LedgerSource,
): Promise<Accounted | null> {
  const newer = later.head
  if (newer.length <= head.length || !later.roots) return null
  if (!sameBytes(later.key, ledger.key)) return null
  if (!verifyHead(crypto, ledger.key, ledger.manifest, newer)) return null
  const tree = new TreeRoots(crypto, await later.roots(head.length))
  if (tree.length !== head.length || !sameBytes(tree.hash(), head.treeHash)) return null
  let last: Uint8Array | null = null
  for await (const block of later.entries(head.length, newer.length)) {
    tree.append(leafNode(crypto, tree.length, block))
    last = block
  }
  if (!last || tree.length !== newer.length || !sameBytes(tree.hash(), newer.treeHash)) return null
  const files = filesOf(last)
  // Keep the head that names these files: the source itself moves on to later heads.
  return files && { ledger: { ...later, head: newer }, files }
}

function filesOf(block: Uint8Array): FilesHead | null {
  try {
    return decodeEntry(block).files
  } catch {
    return null
  }
}
