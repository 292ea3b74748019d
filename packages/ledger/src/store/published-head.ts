/**
 * `head`: the newest head that this host may have published, in a file beside the store. RocksDB recovers its log up to the first
 * bad record, so damage in the middle of the log looks like an earlier end of it. This file says how far the ledger must reach.
 *
 * Two lines of equal length, written in turn and in place, each a head in hexadecimal. A torn line has no valid
 * signature and does not count; the other one does. It is written after the group is durable and never ahead of it, so
 * it needs no sync of its own: after a power cut it may be old, which only asks for less.
 */
import { close, fdatasync, open, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { fromHex, type SignedHead, toHex } from '@vms/format'
import { LedgerDamagedError } from '../errors/errors.ts'
import { writeDurably } from './durable.ts'

const FILE = 'head'
const LENGTH_DIGITS = 14
const LINE = /^([0-9a-f]{14}) ([0-9a-f]{64}) ([0-9a-f]{128})$/
const LINE_BYTES = LENGTH_DIGITS + 1 + 64 + 1 + 128 + 1

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fdatasync)

/** Makes the file for a new ledger, without a head. Once it resolves, the file survives a power cut. */
export async function createPublishedHead(directory: string): Promise<void> {
  const line = `${'-'.repeat(LINE_BYTES - 1)}\n`
  await writeDurably(path.join(directory, FILE), line + line)
}

/**
 * The longest head in the file for which `holds` is true; null if none was published yet. Throws {@link LedgerDamagedError} if the file is
 * missing, or if it has lines and `holds` is false for all.
 */
export async function readPublishedHead(
  directory: string,
  holds: (head: SignedHead) => boolean,
): Promise<SignedHead | null> {
  const text = await present(directory, async (file) => await readFile(file, 'latin1'))
  const lines = text.split('\n', 2)
  const heads = lines.map(parse).filter((head) => head !== null && holds(head))
  if (heads.length === 0 && lines.some((line) => !/^-+$/.test(line))) {
    throw new LedgerDamagedError(directory, `${FILE} has no head whose signature holds`)
  }
  return heads.reduce((a, b) => (a && b && a.length > b.length ? a : b), null)
}

/** Whether a head was published from this directory, even if its ledger is gone. */
export async function hasPublishedHead(directory: string): Promise<boolean> {
  try {
    return /[^-\n]/.test(await readFile(path.join(directory, FILE), 'latin1'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function present<T>(directory: string, use: (file: string) => Promise<T>): Promise<T> {
  try {
    return await use(path.join(directory, FILE))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause
    throw new LedgerDamagedError(directory, `${FILE} is not there`, { cause })
  }
}

function parse(line: string): SignedHead | null {
  const [, length, treeHash, signature] = LINE.exec(line) ?? []
  if (!length || !treeHash || !signature) return null
  return {
    length: Number.parseInt(length, 16),
    treeHash: fromHex(treeHash),
    signature: fromHex(signature),
  }
}

/** Writes the file of one directory, and keeps it open. */
export class PublishedHead {
  #fd: number
  #slot = 0

  private constructor(fd: number) {
    this.#fd = fd
  }

  static async open(directory: string): Promise<PublishedHead> {
    return new PublishedHead(await present(directory, async (file) => await openFile(file, 'r+')))
  }

  /** Records that the host may publish `head` from now on. Its group must be durable. */
  write({ length, treeHash, signature }: SignedHead): void {
    const digits = length.toString(16).padStart(LENGTH_DIGITS, '0')
    const line = `${digits} ${toHex(treeHash)} ${toHex(signature)}\n`
    writeSync(this.#fd, line, this.#slot * LINE_BYTES, 'latin1')
    this.#slot = 1 - this.#slot
  }

  async close(): Promise<void> {
    await syncFile(this.#fd).catch(() => {})
    await closeFile(this.#fd)
  }
}
