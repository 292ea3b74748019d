/** The file that marks the directory of a host of many, and its format. */
import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { DirectoryError, HostError } from '../errors/errors.ts'
import { makeDirectory } from '../opening/deploy.ts'
import { writeDurably } from '../platform/durable-file.ts'

const FILE = 'host.json'

const FORMAT = 1

/** The file that marks the directory of one service. */
const SERVICE_FILE = 'service.json'

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
    if (await exists(path.join(dir, SERVICE_FILE)))
      throw new HostError('ERR_VMS_HOST_FORMAT', `${dir} is the directory of one service`, {
        hint: 'choose another directory, or serve it with vms exec',
      })
    return writeDurably(dir, FILE, `${JSON.stringify({ format: FORMAT })}\n`)
  }
  if (formatIn(text) === FORMAT) return
  throw new HostError('ERR_VMS_HOST_FORMAT', `${file} is of another format than ${FORMAT}`, {
    hint: 'serve the directory with the release that made it, or a newer one',
  })
}

/**
 * Throws {@link HostError} `ERR_VMS_HOST_FORMAT` if the directory belongs to a host of many services: a single service needs a directory of
 * its own.
 */
export async function mustHoldNoHost(dir: string): Promise<void> {
  if (!(await exists(path.join(dir, FILE)))) return
  throw new HostError('ERR_VMS_HOST_FORMAT', `${dir} is the directory of a host of many`, {
    hint: 'choose another directory, or serve it with vms host',
  })
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

function formatIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown }).format
  } catch {
    return null
  }
}
