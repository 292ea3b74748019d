/** The errors of `System.files`: names of the API of 2017, each with the matching code of Node's fs. */

export const fileErrors = [
  { name: 'NotFoundError', code: 'ENOENT', says: 'there is nothing at' },
  { name: 'NotAFileError', code: 'EISDIR', says: 'not a file:' },
  { name: 'NotAFolderError', code: 'ENOTDIR', says: 'not a folder:' },
  { name: 'EntryAlreadyExistsError', code: 'EEXIST', says: 'there is something already at' },
  {
    name: 'ParentFolderDoesntExistError',
    code: 'ENOENT',
    says: 'the parent folder does not exist:',
  },
  { name: 'InvalidPathError', code: 'EINVAL', says: 'not a usable path:' },
  {
    name: 'InvalidEncodingError',
    code: 'ERR_UNKNOWN_ENCODING',
    says: 'not an encoding, or not encoded so:',
  },
  { name: 'DestDirectoryNotEmpty', code: 'ENOTEMPTY', says: 'the folder is not empty:' },
  { name: 'QuotaExceededError', code: 'EFBIG', says: 'the file would be larger than the limit:' },
  { name: 'ReservedPathError', code: 'EACCES', says: 'kept for the machine itself:' },
] as const

export type FileErrorName = (typeof fileErrors)[number]['name']

/**
 * The file system throws it, and the host function that answers the isolate catches it. The script gets an error of its own realm. There is
 * one instance per kind, without a stack: a missing file is an ordinary answer, and a stack costs more than the rest of the call.
 */
export class FileError {
  /** Index in {@link fileErrors}. */
  readonly index: number

  private constructor(index: number) {
    this.index = index
  }

  get name(): FileErrorName {
    return (fileErrors[this.index] as (typeof fileErrors)[number]).name
  }

  static readonly #byName = new Map<FileErrorName, FileError>(
    fileErrors.map(({ name }, index) => [name, new FileError(index)]),
  )

  static named(name: FileErrorName): FileError {
    return FileError.#byName.get(name) as FileError
  }
}
