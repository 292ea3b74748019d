/** The file that marks the directory of a host of many, and its format. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { DirectoryError, HostError } from '../errors/errors.ts'
import { makeDirectory } from '../opening/deploy.ts'
import { writeDurably } from '../platform/durable-file.ts'

const FILE = 'host.json'

const FORMAT = 1

/** Makes the directory if it is missing. Throws {@link DirectoryError}, and {@link HostError} `ERR_VMS_HOST_FORMAT`. */
export async function openHostDirectory(dir: string): Promise<void> {
  await makeDirectory(dir)
  const file = path.join(dir, FILE)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new DirectoryError(dir, cause as Error)
    return writeDurably(dir, FILE, `${JSON.stringify({ format: FORMAT })}\n`)
  }
  if (formatIn(text) === FORMAT) return
  throw new HostError('ERR_VMS_HOST_FORMAT', `${file} is of another format than ${FORMAT}`, {
    hint: 'serve the directory with the release that made it, or a newer one',
  })
}

function formatIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown }).format
  } catch {
    return null
  }
}
