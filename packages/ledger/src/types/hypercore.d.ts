// The part of hypercore 11 that the adapter in engine/hypercore.ts uses; the package ships no types.
declare module 'hypercore' {
  import type { Duplex } from 'node:stream'

  export interface HypercoreKeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array
  }
  export interface HypercoreSigner {
    signature?: 'ed25519'
    namespace?: Uint8Array
    publicKey: Uint8Array
  }
  export interface HypercoreManifest {
    version: number
    hash?: 'blake2b'
    allowPatch?: boolean
    quorum?: number
    signers: HypercoreSigner[]
    prologue?: { hash: Uint8Array; length: number } | null
    linked?: Uint8Array[] | null
    userData?: Uint8Array | null
  }
  export interface HypercoreNode {
    index: number
    size: number
    hash: Uint8Array
  }
  /** Replicator's stream: the Noise stream, with its multiplexer in `userData`. */
  export interface HypercoreNoiseStream extends Duplex {
    userData: HypercoreMuxer
    destroying: boolean
    /** Bytes that came in, encrypted. */
    rawBytesRead: number
    opened: Promise<boolean>
  }
  export interface HypercoreMuxer {
    stream: HypercoreNoiseStream
  }
  export type HypercoreStream = Duplex & { noiseStream: HypercoreNoiseStream }
  export interface HypercoreReplicator {
    attached(muxer: HypercoreMuxer): boolean
    attachTo(muxer: HypercoreMuxer): void
  }
  export interface HypercorePeer {
    remoteLength: number
    remoteFork: number
    remoteSynced: boolean
  }
  export interface HypercoreProof {
    upgrade: {
      nodes: HypercoreNode[]
      additionalNodes: HypercoreNode[]
      signature: Uint8Array
    }
  }
  export interface HypercoreRange {
    done(): Promise<void>
    destroy(): void
  }

  export interface HypercoreGet {
    wait?: boolean
    timeout?: number
    /** The decoded value is what `get` returns then; only hyperbee uses it. */
    valueEncoding?: { decode(block: Uint8Array): Uint8Array }
  }

  export default class Hypercore {
    static key(manifest: HypercoreManifest): Uint8Array
    static discoveryKey(key: Uint8Array): Uint8Array
    static createProtocolStream(
      isInitiator: boolean | Duplex,
      options?: { ondiscoverykey?: (key: Uint8Array) => unknown },
    ): HypercoreStream

    readonly key: Uint8Array
    readonly discoveryKey: Uint8Array
    readonly manifest: HypercoreManifest | null
    readonly length: number
    readonly byteLength: number
    readonly fork: number
    readonly recovering: number
    readonly writable: boolean
    readonly closing: Promise<void> | null
    readonly peers: HypercorePeer[]
    readonly core: {
      replicator: HypercoreReplicator
      hintsChanged: boolean
      flushHints(): Promise<void>
    }
    readonly state: {
      roots: HypercoreNode[]
      signature: Uint8Array | null
      storage: {
        read(): HypercoreReader
        createUserDataStream(range: {
          gte: string
          lt: string
        }): AsyncIterable<{ key: string; value: Uint8Array }>
      }
      setUserData(key: string, value: Uint8Array): Promise<unknown>
      hash(): Uint8Array
    }

    ready(): Promise<void>
    close(): Promise<void>
    session(options?: { atom?: unknown; wait?: boolean; active?: boolean }): Hypercore
    append(blocks: Uint8Array | Uint8Array[]): Promise<unknown>
    get(index: number, options?: HypercoreGet): Promise<Uint8Array | null>
    getUserData(key: string): Promise<Uint8Array | null>
    has(start: number, end?: number): Promise<boolean>
    truncate(length: number): Promise<void>
    update(options?: { wait?: boolean; force?: boolean }): Promise<boolean>
    treeHash(length?: number): Promise<Uint8Array>
    findingPeers(): () => void
    download(range: { start: number; end: number }): HypercoreRange
    on(event: 'download', listener: (index: number, byteLength: number) => void): this
    once(event: 'append' | 'peer-add', listener: () => void): this
    once(
      event: 'conflict',
      listener: (length: number, fork: number, proof: HypercoreProof) => void,
    ): this
  }

  export interface HypercoreReader {
    getTreeNode(index: number): Promise<HypercoreNode | null>
    getBlock(index: number): Promise<Uint8Array | null>
    tryFlush(): void
  }
}
