/** A directory for what is downloaded, gone when it is no longer needed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempDirectory {
  readonly path: string
  remove(): Promise<void>
}

/** Makes one; `keep` is used as it is and stays. */
export async function makeTempDirectory(keep?: string): Promise<TempDirectory> {
  if (keep !== undefined) return { path: keep, remove: async () => {} }
  const path = await mkdtemp(join(tmpdir(), 'vms-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
