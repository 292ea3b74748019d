/** Errors of reading a path. Scripts get the same names and codes. */
import { VmsError } from '../errors/errors.ts'

const kinds = {
  ENOENT: ['NotFoundError', 'there is nothing at'],
  EISDIR: ['NotAFileError', 'a folder, and no file, is at'],
  ENOTDIR: ['NotAFolderError', 'a file, and no folder, is at'],
  EINVAL: ['InvalidPathError', 'this is no path:'],
  ERR_UNKNOWN_ENCODING: ['InvalidEncodingError', 'there is no such encoding for'],
} as const

/** The path has no such file or folder. Proven, unless the path itself is malformed. */
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
