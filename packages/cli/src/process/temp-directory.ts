/** A directory for downloads, which is removed after use. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalFileError } from '../errors/errors.ts'

export interface TempDirectory {
  readonly path: string
  remove(): Promise<void>
}

/** Makes one; `keep` is made if it is not there, used as it is, and stays. Throws {@link LocalFileError}. */
export async function makeTempDirectory(keep?: string): Promise<TempDirectory> {
  if (keep !== undefined) {
    await mkdir(keep, { recursive: true }).catch((cause) => {
      throw new LocalFileError(keep, cause)
    })
    return { path: keep, remove: async () => {} }
  }
  const path = await mkdtemp(join(tmpdir(), 'vms-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
