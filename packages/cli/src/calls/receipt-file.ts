/**
 * The file that a receipt goes to. A call cannot be taken back, so what can be wrong with the file is found before it;
 * what goes wrong with it all the same does not keep the result from the person.
 */
import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeReceipt, type Receipt } from '@vms/client'
import { CliError, LocalFileError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'

/** Throws {@link LocalFileError} if nothing can be stored there. */
export async function checkReceiptFile(file: string): Promise<void> {
  try {
    const isThere = await isFile(file)
    await access(isThere ? file : dirname(file), constants.W_OK)
  } catch (cause) {
    throw new LocalFileError(file, cause as NodeJS.ErrnoException)
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (found?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  return found !== null
}

/** Stores a receipt; resolves with what kept it from being stored, or null. */
export async function storeReceipt(file: string, receipt: Receipt): Promise<CliError | null> {
  try {
    await writeFile(file, encodeReceipt(receipt))
    return null
  } catch (cause) {
    const { message } = new LocalFileError(file, cause as NodeJS.ErrnoException)
    const what = `the call was executed, but its receipt is not stored: ${message}`
    return new CliError('ERR_VMS_LOCAL_FILE', EXIT.incomplete, what, {
      cause,
      hint: 'the call log has the call; do not make it again for the receipt',
    })
  }
}
