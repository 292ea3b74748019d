/**
 * A service's files, read through its host. The client proves each answer under the signed head before it returns it. A page loads the
 * reader with the connection, so that it need not load it when the host is gone.
 */

import type { FileChangeSeen, FilesReader } from '../files/files-reader.ts'
import type { FileStat, FilesVersion } from '../files/files-version.ts'
import type { BlockSource } from './block-source.ts'

/** How to decode a file: as text, as bytes, or as JSON. */
export type FileEncoding = 'utf8' | 'binary' | 'json'

/** The newest version of the files, or an earlier one. */
export interface FilesView {
  readFile(path: string, encoding: 'binary'): Promise<Uint8Array>
  readFile(path: string, encoding: 'json'): Promise<unknown>
  readFile(path: string, encoding?: 'utf8'): Promise<string>
  /** The names in a folder, ordered by their UTF-8 bytes. With `recursive` also those in its subfolders, relative to the folder. */
  readdir(path: string, options: { recursive?: boolean; stat: true }): Promise<ListedFile[]>
  readdir(path: string, options?: { recursive?: boolean; stat?: false }): Promise<string[]>
  stat(path: string): Promise<FileStat>
}

/** One item of a folder. */
export interface ListedFile {
  readonly name: string
  readonly stat: FileStat
}

/** The newest files of a service. Errors about paths are {@link VmsFileError}s, with the codes that scripts know. */
export class ServiceFiles implements FilesView {
  #blocks: BlockSource
  #reader: Promise<FilesReader> | null = null

  constructor(blocks: BlockSource) {
    this.#blocks = blocks
  }

  readFile(path: string, encoding: 'binary'): Promise<Uint8Array>
  readFile(path: string, encoding: 'json'): Promise<unknown>
  readFile(path: string, encoding?: 'utf8'): Promise<string>
  async readFile(path: string, encoding: FileEncoding = 'utf8'): Promise<unknown> {
    return await this.#readFile(path, encoding)
  }

  readdir(path: string, options: { recursive?: boolean; stat: true }): Promise<ListedFile[]>
  readdir(path: string, options?: { recursive?: boolean; stat?: false }): Promise<string[]>
  async readdir(
    path: string,
    options: { recursive?: boolean; stat?: boolean } = {},
  ): Promise<string[] | ListedFile[]> {
    return await this.#readdir(path, options)
  }

  async stat(path: string): Promise<FileStat> {
    return await (await this.#version()).stat(path)
  }

  /** The files after the group that ends at this length of the ledger. */
  checkout(length: number): FilesView {
    const view = {
      readFile: (path: string, encoding: FileEncoding = 'utf8') =>
        this.#readFile(path, encoding, length),
      readdir: (path: string, options: { recursive?: boolean; stat?: boolean } = {}) =>
        this.#readdir(path, options, length),
      stat: async (path: string) => await (await this.#version(length)).stat(path),
    }
    return view as FilesView
  }

  /** The writes and deletions between two lengths of the ledger, each 0 or the end of a group. */
  async changes(from: number, to: number): Promise<FileChangeSeen[]> {
    return await (await this.#load()).changes(from, to)
  }

  /**
   * Calls `listener` with the changes at or under `path`, until the caller calls the returned function. After an error that does not end
   * the client, the next change tries again.
   */
  watch(path: string, listener: (changes: readonly FileChangeSeen[]) => void): () => void {
    let seen = this.#blocks.head.length
    let looking: Promise<void> = Promise.resolve()
    const prefix = `/${path.split('/').filter(Boolean).join('/')}`.replace(/^\/$/, '')
    const look = async (): Promise<void> => {
      const from = seen
      const to = this.#blocks.head.length
      if (to <= from) return
      const changes = await this.changes(from, to)
      seen = to
      const here = changes.filter(
        (change) => change.path === prefix || change.path.startsWith(`${prefix}/`),
      )
      if (here.length > 0 && !stopped) listener(here)
    }
    let stopped = false
    const stop = this.#blocks.events.on('update', () => {
      // One look at a time: each begins where the last one ended.
      looking = looking.then(look).catch(() => {})
    })
    return () => {
      stopped = true
      stop()
    }
  }

  async #readFile(path: string, encoding: FileEncoding, length?: number): Promise<unknown> {
    const version = await this.#version(length)
    const bytes = await version.read(path)
    if (encoding === 'binary') return bytes
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    return encoding === 'json' ? JSON.parse(text) : text
  }

  async #readdir(
    path: string,
    { recursive = false, stat = false }: { recursive?: boolean; stat?: boolean },
    length?: number,
  ): Promise<string[] | ListedFile[]> {
    const listed = await (await this.#version(length)).list(path, recursive)
    return stat ? listed : listed.map(({ name }) => name)
  }

  async #version(length?: number): Promise<FilesVersion> {
    return await (await this.#load()).version(length)
  }

  #load(): Promise<FilesReader> {
    this.#reader ??= this.#blocks.filesReader()
    return this.#reader
  }
}
