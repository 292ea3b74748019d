// The part of hyperdrive 13 that engine/hyperdrive.ts uses; the package ships no types.
declare module 'hyperdrive' {
  import type Corestore from 'corestore'
  import type Hypercore from 'hypercore'
  import type { HypercoreManifest } from 'hypercore'

  export interface HyperdriveEntry {
    seq: number
    key: string
    value: {
      executable: boolean
      linkname: string | null
      blob: {
        blockOffset: number
        byteOffset: number
        blockLength: number
        byteLength: number
      } | null
      metadata: unknown
    }
  }

  export interface HyperdriveBatch {
    put(path: string, data: Uint8Array, options: { metadata: unknown }): Promise<void>
    putEntry(path: string, entry: { metadata: unknown }): Promise<void>
    del(path: string): Promise<void>
    flush(): Promise<void>
  }

  export default class Hyperdrive {
    static getContentKey(manifest: HypercoreManifest, key: Uint8Array): Uint8Array
    static getContentManifest(manifest: HypercoreManifest, key: Uint8Array): HypercoreManifest
    constructor(store: Corestore, key?: Uint8Array)
    readonly core: Hypercore
    readonly version: number
    ready(): Promise<void>
    close(): Promise<void>
    update(options?: { wait?: boolean }): Promise<boolean>
    getBlobs(): Promise<{ core: Hypercore }>
    batch(): HyperdriveBatch
    entry(path: string): Promise<HyperdriveEntry | null>
    get(path: string): Promise<Uint8Array | null>
    list(folder: string, options: { recursive: boolean }): AsyncIterable<HyperdriveEntry>
  }
}
