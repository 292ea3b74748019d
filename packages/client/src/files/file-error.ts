/** What is wrong with a path that was read: the names and codes that scripts have for the same. */
import { VmsError } from '../errors/errors.ts'

const kinds = {
  ENOENT: ['NotFoundError', 'there is nothing at'],
  EISDIR: ['NotAFileError', 'a folder, and no file, is at'],
  ENOTDIR: ['NotAFolderError', 'a file, and no folder, is at'],
  EINVAL: ['InvalidPathError', 'this is no path:'],
  ERR_UNKNOWN_ENCODING: ['InvalidEncodingError', 'there is no such encoding for'],
} as const

/** A path at which there is not what was asked for: proven, unless the path itself is none. */
export class VmsFileError extends VmsError {
  declare readonly code: keyof typeof kinds
  readonly path: string

  constructor(code: keyof typeof kinds, path: string) {
    const [name, message] = kinds[code]
    super(code, `${message} ${path}`)
    this.name = name
    this.path = path
  }
}
