/** A bundle of a test's own, as the child is handed one. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A descriptor of a file that holds these bytes, and has no name any more. */
export function opened(bytes: Uint8Array): number {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vms-bundle-'))
  const file = path.join(folder, 'bundle')
  fs.writeFileSync(file, bytes)
  const descriptor = fs.openSync(file, 'r')
  fs.rmSync(folder, { recursive: true })
  return descriptor
}
