/** The folders of a site: the user's own at `/`, and the client's module for browsers at `/vms/`. */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../errors/errors.ts'

/** What `--site` does, for the help of verbs. */
export const SITE_HELP = 'serve the files of a folder to browsers at /, and the client at /vms/'

/** Throws {@link UsageError} if one is missing. */
export async function sitePages(folder: string): Promise<Record<string, string>> {
  await assertFolder(folder, `${folder} is no folder`, 'give the folder that holds index.html')
  const manifest = fileURLToPath(import.meta.resolve('@vms/client/package.json'))
  const client = join(dirname(manifest), 'dist', 'browser')
  await assertFolder(
    client,
    'the client for browsers is not built',
    'in a clone of the sources: node_modules/.bin/node scripts/bundle-client.ts',
  )
  return { '/': folder, '/vms/': client }
}

async function assertFolder(path: string, message: string, hint: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new UsageError(message, { hint })
}
