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

  /** The newest head that was verified. Throws before the first. */
  get head(): SignedHead {
    return this.#options.head()
  }

  /** What reads files out of the blocks. */
  async filesReader(): Promise<FilesReader> {
    const { BlockReader, FilesReader } = await loadVerifier()
    return new FilesReader(new BlockReader(this.#options))
  }

  /** What reads the blocks. */
  async reader(): Promise<BlockReader> {
    const { BlockReader } = await loadVerifier()
    return new BlockReader(this.#options)
  }
}
