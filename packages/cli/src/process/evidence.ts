/**
 * Stores the evidence against a lying host in a file, because it would end with the process. Only the person may read the file,
 * because it contains their requests.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLie, type VerificationEvidence } from '@vms/client'
import { valueToJson } from '../output/json.ts'
import { personalDirectories } from './directories.ts'

/** Most files of evidence. A host that lies again and again must not fill the disk, nor replace earlier evidence. */
const FILES_MAX = 100

/** Most bytes of all files together. */
const BYTES_MAX = 256 * 1024 * 1024

/** An error that says that the host lied. */
export interface Lie extends Error {
  readonly code: string
  readonly evidence: object
}

/** Lies that @vms/ledger finds: two signed histories, and a block 0 to which the key does not commit. */
const LEDGER_LIES = ['ERR_VMS_FORKED', 'ERR_VMS_GENESIS_MISMATCH']

/** The proven lie that an error reports; null if it reports none. */
export function lieOf(error: unknown): Lie | null {
  if (isLie(error)) return error
  if (!(error instanceof Error) || !('code' in error)) return null
  const known = LEDGER_LIES.includes(String(error.code)) && 'evidence' in error && error.evidence
  return known ? (error as Lie) : null
}

/** The file with the evidence, or the reason why there is none. */
export type Kept = { readonly file: string } | { readonly why: string }

/** The files by evidence: many calls may end with the same evidence, which is stored once. */
const kept = new WeakMap<object, Kept>()

/** The directory of the evidence. */
const evidenceDirectory = (): string => join(personalDirectories().log, 'evidence')

/** Writes the evidence of a lie to a new file. */
export function keepEvidence(lie: Lie, directory: string = evidenceDirectory()): Kept {
  const evidence: VerificationEvidence | object = lie.evidence
  const found = kept.get(evidence)
  if (found) return found
  const made = write(lie, directory)
  kept.set(evidence, made)
  return made
}

function write({ code, message, evidence }: Lie, directory: string): Kept {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const time = new Date().toISOString()
    const text = `${valueToJson({ version: 1, time, code, message, evidence })}\n`
    const files = readdirSync(directory)
    const bytes = files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
    if (files.length >= FILES_MAX || bytes + text.length > BYTES_MAX)
      return {
        why: `${directory} holds ${files.length} files with ${bytes} bytes, which is the limit: move some of them away`,
      }
    const name = `${time.replaceAll(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}.json`
    const file = join(directory, name)
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
    return { file }
  } catch (error) {
    return { why: (error as Error).message }
  }
}
