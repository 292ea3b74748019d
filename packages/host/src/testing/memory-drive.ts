/** The files of a service in memory. Their heads have the form of a drive's heads and depend on every byte, but have other values. */
import {
  type Crypto,
  domainTag,
  encodeValue,
  type FileChange,
  type FilesHead,
  type Value,
} from '@vms/format'
import { MemoryFiles } from '@vms/sandbox'

const tag = domainTag('vms/memory-drive')

export class MemoryDrive {
  readonly files = new MemoryFiles()
  readonly #crypto: Crypto
  #head: FilesHead = {
    dbLength: 1,
    dbHash: new Uint8Array(32),
    blobsLength: 0,
    blobsHash: new Uint8Array(32),
  }

  constructor(crypto: Crypto) {
    this.#crypto = crypto
  }

  get head(): FilesHead {
    return this.#head
  }

  /** Applies the changes of the group that begins at entry `start`. */
  commit(changes: readonly FileChange[], start: number): FilesHead {
    const last = new Map(changes.map((change) => [change.path, change]))
    if (last.size === 0) return this.#head
    const folded = [...last.values()]
    this.files.commit(folded, start)
    const data = folded.filter((change) => change.kind === 'file').map((change) => change.data)
    this.#head = {
      dbLength: this.#head.dbLength + folded.length,
      dbHash: this.#chain(this.#head.dbHash, folded as unknown as Value),
      blobsLength: this.#head.blobsLength + data.length,
      blobsHash: data.length === 0 ? this.#head.blobsHash : this.#chain(this.#head.blobsHash, data),
    }
    return this.#head
  }

  #chain(before: Uint8Array, value: Value): Uint8Array {
    return this.#crypto.hash(tag, before, encodeValue(value, { maxBytes: 2 ** 30 }))
  }
}
