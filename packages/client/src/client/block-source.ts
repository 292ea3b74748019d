/** The source of blocks for a client's readers. A page loads the reader of blocks together with the verifier. */
import type { SignedHead } from '@vms/format'
import type { ClientEvents } from '../connection/options.ts'
import type { FilesReader } from '../files/files-reader.ts'
import type { Emitter } from '../platform/emitter.ts'
import type { BlockReader, BlockReaderOptions } from '../reading/block-reader.ts'
import { loadVerifier } from '../verify/load-verifier.ts'

export class BlockSource {
  readonly events: Emitter<ClientEvents>
  #options: BlockReaderOptions

  constructor(options: BlockReaderOptions) {
    this.#options = options
    this.events = options.events
  }

  /** The newest verified head. Throws before the first. */
  get head(): SignedHead {
    return this.#options.head()
  }

  /** The reader of files. */
  async filesReader(): Promise<FilesReader> {
    const { BlockReader, FilesReader } = await loadVerifier()
    return new FilesReader(new BlockReader(this.#options))
  }

  /** The reader of blocks. */
  async reader(): Promise<BlockReader> {
    const { BlockReader } = await loadVerifier()
    return new BlockReader(this.#options)
  }
}
