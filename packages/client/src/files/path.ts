/** Normalises paths, and converts them to keys of the tree. */
import { VmsFileError } from './file-error.ts'

const texts = new TextEncoder()
const readable = new TextDecoder('utf-8', { ignoreBOM: true })
const PREFIX = 'files\0'

/** The absolute path for `path`: with or without a first slash, with `.` and `..` resolved. */
export function normalPath(path: string): string {
  const names: string[] = []
  if (/[\0\\]/.test(path) || !path.isWellFormed()) throw new VmsFileError('EINVAL', path)
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') names.push(name)
    else if (names.pop() === undefined) throw new VmsFileError('EINVAL', path)
  }
  return `/${names.join('/')}`
}

/** Key of a path. */
export const pathKey = (path: string): Uint8Array => texts.encode(PREFIX + path)

/** Path of a key. */
export const keyPath = (key: Uint8Array): string => readable.decode(key).slice(PREFIX.length)

/** The first path after everything under `prefix`, which ends with a slash: `0` is the character after it. */
export const behind = (prefix: string): string => `${prefix.slice(0, -1)}0`
