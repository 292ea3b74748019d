/**
 * The caller's key: an Ed25519 seed in a file that only its owner may read. The first use makes it, so that a person can make a
 * call before they learn about keys. stderr names the file, because the person should keep a copy.
 */

import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { KeyFileError } from '../errors/errors.ts'
import { safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { personalDirectories } from '../process/directories.ts'

/** A 32-byte public key and a 64-byte secret key: seed ‖ public key. */
export interface CallerKey {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
  readonly file: string
  /** Whether this call made the file. */
  readonly created: boolean
}

/** The key file without `--key`. */
export const defaultKeyFile = (): string => join(personalDirectories().config, 'caller.key')

const ANOTHER = '--key <file> takes another one'

/** Bytes to read of a file: a key file has 82. */
const READ_BYTES = 256

/** Bits of a file's mode that give access to other people than its owner. */
const OTHERS = 0o077

/** Reads the key in `file`, or makes the file if there is none. Throws {@link KeyFileError}. */
export async function openKeyFile(file: string = defaultKeyFile()): Promise<CallerKey> {
  const path = resolve(file)
  const found = await readKeyFile(path)
  if (found) return { ...found, file: path, created: false }
  const created = await createKeyFile(path)
  const key = await readKeyFile(path)
  if (!key) throw new KeyFileError(path, 'is a link to nothing', { hint: ANOTHER })
  return { ...key, file: path, created }
}

/** Opens the key file, and tells the person if this made them a key. */
export async function openCallerKey(
  context: Context,
  file: string | undefined,
): Promise<CallerKey> {
  const key = await openKeyFile(file)
  if (key.created) {
    context.output.tell(`Made a key for you: ${safeText(key.file)}`)
    context.output.tell(
      'It signs your calls and is your identity; only you may read it. Keep a copy.',
    )
  }
  return key
}

async function readKeyFile(
  path: string,
): Promise<{ publicKey: Uint8Array; secretKey: Uint8Array } | null> {
  let text: string
  try {
    const found = await stat(path)
    // A pipe may carry a key from another program.
    if (!found.isFile() && !found.isFIFO())
      throw new KeyFileError(path, 'is no regular file', { hint: ANOTHER })
    const { mode } = found
    // On Windows the permissions of the profile protect the file.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new KeyFileError(
        path,
        `other people on this machine may read it (mode ${(mode & 0o777).toString(8)})`,
        {
          hint: `if nobody can have read it, run chmod 600 ${path}; otherwise make a new key with --key <another file>`,
        },
      )
    }
    text = await readStart(path)
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new KeyFileError(path, `cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: ANOTHER,
    })
  }
  return keyPairOf(path, text)
}

async function readStart(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, null)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function keyPairOf(path: string, text: string): { publicKey: Uint8Array; secretKey: Uint8Array } {
  const seed = /^vms-caller-key-1 ([0-9a-f]{64})\n?$/.exec(text)?.[1]
  if (!seed) throw new KeyFileError(path, 'is not a key file of vms', { hint: ANOTHER })
  const pkcs8 = Buffer.from(`${PKCS8_ED25519}${seed}`, 'hex')
  const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  })
  const publicKey = new Uint8Array(Buffer.from(jwk.x as string, 'base64url'))
  return { publicKey, secretKey: new Uint8Array([...Buffer.from(seed, 'hex'), ...publicKey]) }
}

/** The bytes before the 32-byte seed in a PKCS #8 private key of Ed25519 (RFC 8410). */
const PKCS8_ED25519 = '302e020100300506032b657004220420'

/** Makes the file completely or not at all. False if another process made it first. */
async function createKeyFile(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  const { d: seed } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(
        `vms-caller-key-1 ${Buffer.from(seed as string, 'base64url').toString('hex')}\n`,
      )
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(draft, 0o600)
    // A link does not replace a file. If two processes make a key at the same time, both use the first one.
    await link(draft, path)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new KeyFileError(path, `cannot be made: ${(cause as Error).message}`, {
      cause,
      hint: ANOTHER,
    })
  } finally {
    await rm(draft, { force: true })
  }
}
