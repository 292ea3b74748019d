/** The folders that a host serves to browsers: the operator's site at `/`, and the client's module at `/vms/`. */
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../errors/errors.ts'

/** The help of `--site`. */
export const SITE_HELP = 'serve the files of a folder to browsers at /, and the client at /vms/'

/** The pages of `--site`; undefined without that flag. Throws {@link UsageError} if a folder is missing. */
export async function sitePages(
  site: string | undefined,
  cwd: string,
): Promise<Record<string, string> | undefined> {
  if (site === undefined) return undefined
  const folder = resolve(cwd, site)
  await assertFolder(folder, `${folder} is no folder`, 'name the folder that holds index.html')
  const manifest = fileURLToPath(import.meta.resolve('@vms/client/package.json'))
  const client = join(dirname(manifest), 'dist', 'browser')
  await assertFolder(
    client,
    'the client for browsers is not built',
    'in a clone of the sources, build it: node_modules/.bin/node scripts/bundle-client.ts',
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
