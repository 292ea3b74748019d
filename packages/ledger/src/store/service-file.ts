/**
 * `service.json`: the facts about a directory that its opener needs before it opens the store. Written durably before the first
 * commit, so a directory without it has no ledger, and one with it may have none yet.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fromHex, toHex } from '@vms/format'
import { LedgerDamagedError } from '../errors/errors.ts'
import { writeDurably } from './durable.ts'

const FILE = 'service.json'

/** Version of the directory's layout. */
const LAYOUT = 1

/** The keys of a directory's ledger and files, and the hash of its block 0. */
export interface ServiceFile {
  readonly ledger: Uint8Array
  readonly files: Uint8Array
  readonly genesis: Uint8Array
}

/** Reads the file; null if there is none. Throws {@link LedgerDamagedError} if it has another form. */
export async function readServiceFile(directory: string): Promise<ServiceFile | null> {
  let text: string
  try {
    text = await readFile(path.join(directory, FILE), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
  return parse(directory, text)
}

function parse(directory: string, text: string): ServiceFile {
  let content: Record<string, unknown>
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw new LedgerDamagedError(directory, `${FILE} is not JSON`, { cause })
  }
  if (content?.['layout'] !== LAYOUT) {
    throw new LedgerDamagedError(directory, `${FILE} is not of layout ${LAYOUT}`)
  }
  return {
    ledger: key(directory, content, 'ledger'),
    files: key(directory, content, 'files'),
    genesis: key(directory, content, 'genesis'),
  }
}

function key(directory: string, content: Record<string, unknown>, name: string): Uint8Array {
  const value = content[name]
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw new LedgerDamagedError(directory, `${FILE} has no ${name} of 64 hexadecimal digits`)
  }
  return fromHex(value)
}

/** Writes the file. Once it resolves, the file survives a power cut. */
export async function writeServiceFile(directory: string, service: ServiceFile): Promise<void> {
  const content = {
    layout: LAYOUT,
    ledger: toHex(service.ledger),
    files: toHex(service.files),
    genesis: toHex(service.genesis),
  }
  await writeDurably(path.join(directory, FILE), `${JSON.stringify(content, null, 2)}\n`)
}
