/** The archive of 2017: `new FilesArchive(client.backendInfo.filesArchiveUrl)`, with the names that DatArchive had. */
import { filesUrl, parseAddress } from '@vms/format'
import { VmsConnectionError, VmsUsageError } from '../errors/errors.ts'
import type { FileStat } from '../files/files-version.ts'
import { offeredFiles } from './archives.ts'
import type { ListedFile, ServiceFiles } from './service-files.ts'

/** A service's files, by their URL. The archive reads them through a client that this program has connected to the service. */
export class FilesArchive {
  /** `hyper://…` */
  readonly url: string

  /** Throws {@link VmsUsageError} if the URL names no files. */
  constructor(url: string) {
    const address = parseAddress(url)
    if (address.kind !== 'files') {
      throw new VmsUsageError('ERR_VMS_NOT_FILES', `${url} names no files`, {
        hint: 'take filesArchiveUrl of the client: hyper://…',
      })
    }
    this.url = filesUrl(address.key)
  }

  readFile(path: string, encoding: 'binary'): Promise<Uint8Array>
  readFile(path: string, encoding: 'json'): Promise<unknown>
  readFile(path: string, encoding?: 'utf8'): Promise<string>
  async readFile(path: string, encoding?: 'utf8' | 'binary' | 'json'): Promise<unknown> {
    return await this.#files().readFile(path, encoding as 'utf8')
  }

  readdir(path: string, options: { recursive?: boolean; stat: true }): Promise<ListedFile[]>
  readdir(path: string, options?: { recursive?: boolean; stat?: false }): Promise<string[]>
  async readdir(
    path: string,
    options?: { recursive?: boolean; stat?: boolean },
  ): Promise<string[] | ListedFile[]> {
    return await this.#files().readdir(path, options as { stat: true })
  }

  async stat(path: string): Promise<FileStat> {
    return await this.#files().stat(path)
  }

  /** Dispatches an event `changed`, with the `path`, for each change at or under `path`, until `close()`. */
  watch(path = '/'): EventTarget & { close(): void } {
    const target = new EventTarget()
    const stop = this.#files().watch(path, (changes) => {
      for (const change of changes) {
        target.dispatchEvent(Object.assign(new Event('changed'), { path: change.path }))
      }
    })
    return Object.assign(target, { close: stop })
  }

  #files(): ServiceFiles {
    const files = offeredFiles(this.url)
    if (files) return files
    throw new VmsConnectionError(
      'ERR_VMS_NOT_CONNECTED',
      `no client is connected to the service of ${this.url}`,
      { hint: 'connect a client to the service first, and keep it' },
    )
  }
}
