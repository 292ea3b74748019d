/** Whether what was made from sources is still what they make: a note beside it says which sources those were. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')

interface Inputs {
  /** Paths from the workspace. */
  readonly files: readonly string[]
  /** SHA-256, hex, of all of them. */
  readonly digest: string
}

/** Notes in `note` that it was made from `files`, paths from the workspace. */
export function noteInputs(note: string, files: Iterable<string>): void {
  const sorted = [...new Set(files)].sort()
  const made: Inputs = { files: sorted, digest: digestOf(sorted) }
  replace(note, JSON.stringify(made))
}

/** Whether the sources that `note` names are as they were. */
export function isMadeFrom(note: string): boolean {
  try {
    const { files, digest } = JSON.parse(readFileSync(note, 'utf8')) as Inputs
    return digestOf(files) === digest
  } catch {
    // Nothing made yet, or a source that is gone.
    return false
  }
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(join(root, file))
    hash.update(`${file} ${content.byteLength}\n`).update(content)
  }
  return hash.digest('hex')
}

/** Writes a file at once: others may be reading it. */
export function replace(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, content)
  renameSync(`${file}.${process.pid}`, file)
}
