/** The port through which committed files are read: a ledger's, a replay's, a peer's, or files in memory. */

/** The file or directory at a path. Times are milliseconds since 1970, sizes bytes; a directory's size is 0. */
export interface FileStat {
  readonly kind: 'file' | 'directory'
  readonly size: number
  /** The time of the entry that wrote it. */
  readonly mtime: number
}

export interface ListedFile {
  /** Relative to the listed directory. */
  readonly name: string
  readonly stat: FileStat
}

/** Which versions: `start` (default 0) up to, not including, `end` (default: all), oldest first unless `reverse`. */
export interface HistoryOptions {
  readonly start?: number
  readonly end?: number
  readonly reverse?: boolean
}

/** A path that a group changed. `version`: length of the ledger at the start of the group. */
export interface FileEvent {
  readonly path: string
  readonly version: number
  readonly type: 'put' | 'del'
}

/** Paths are normal and absolute. A list leaves out the directory itself, and is ordered by the UTF-8 bytes of the names. */
export interface FilesPort {
  stat(path: string): Promise<FileStat | null>
  read(path: string): Promise<Uint8Array | null>
  list(path: string, options: { recursive: boolean }): Promise<ListedFile[]>
  history(options?: HistoryOptions): Promise<FileEvent[]>
}
