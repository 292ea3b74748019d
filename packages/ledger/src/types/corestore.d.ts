// The part of corestore 7 that engine/store.ts uses; the package ships no types.
declare module 'corestore' {
  import type { Duplex } from 'node:stream'
  import type Hypercore from 'hypercore'
  import type { HypercoreKeyPair, HypercoreManifest, HypercoreStream } from 'hypercore'

  export interface CorestoreGet {
    key?: Uint8Array
    manifest?: HypercoreManifest
    keyPair?: HypercoreKeyPair
    allowFork: boolean
    active?: boolean
  }

  /** Writes to several cores that reach the disk in one batch. */
  export interface CorestoreAtom {
    flush(): Promise<void>
  }

  export default class Corestore {
    constructor(directory: string, options?: { readOnly?: boolean })
    readonly storage: {
      createAtom(): CorestoreAtom
      getInfo(discoveryKey: Uint8Array): Promise<{ head: { length: number } | null } | null>
      rocks: { path: string; currentWalFile(): Promise<{ path: string; number: number } | null> }
    }
    ready(): Promise<void>
    close(): Promise<void>
    get(options: CorestoreGet): Hypercore
    /** Discovery keys of the cores. */
    list(): AsyncIterable<Uint8Array>
    createKeyPair(name: string): Promise<HypercoreKeyPair>
    replicate(isInitiator: boolean | Duplex): HypercoreStream
  }
}
