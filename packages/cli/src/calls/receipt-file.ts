/**
 * The file of a receipt. Nobody can take a call back, so the command checks the file before the call. If it cannot store the
 * receipt after the call, it prints the result all the same.
 */
import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeReceipt, type Receipt } from '@vms/client'
import { CliError, LocalFileError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'

/** Throws {@link LocalFileError} if no receipt can be stored there. */
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

/** Stores a receipt. Resolves with the error if it could not, else null. */
export async function storeReceipt(file: string, receipt: Receipt): Promise<CliError | null> {
  try {
    await writeFile(file, encodeReceipt(receipt))
    return null
  } catch (cause) {
    const { message } = new LocalFileError(file, cause as NodeJS.ErrnoException)
    const what = `the call was executed, but its receipt is not stored: ${message}`
    return new CliError('ERR_VMS_LOCAL_FILE', EXIT.incomplete, what, {
      cause,
      hint: 'the ledger records the call; do not make it again for the receipt',
    })
  }
}
