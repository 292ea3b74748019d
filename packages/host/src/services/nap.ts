/**
 * What is kept of a service while it sleeps, in a file beside its ledger: so that a host that starts need not open a
 * thousand ledgers to say what it serves. The file is there only while the service sleeps. It is a memory, never an
 * authority: whoever wakes the service compares it with the ledger.
 */
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeDurably } from '../durable-file.ts'

const FILE = 'nap.json'

export interface Nap {
  /** Entries of the ledger. */
  readonly length: number
  /** Of its last boot. */
  readonly methods: readonly string[]
}

export const saveNap = (dir: string, { length, methods }: Nap): Promise<void> =>
  writeDurably(dir, FILE, `${JSON.stringify({ length, methods })}\n`)

/** The nap of a service that was asleep when its host ended; null if it was not. */
export async function readNap(dir: string): Promise<Nap | null> {
  try {
    const { length, methods } = JSON.parse(await readFile(path.join(dir, FILE), 'utf8')) as Nap
    return Number.isSafeInteger(length) && Array.isArray(methods) ? { length, methods } : null
  } catch {
    return null
  }
}

export const endNap = (dir: string): Promise<void> => rm(path.join(dir, FILE), { force: true })
