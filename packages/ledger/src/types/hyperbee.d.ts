// The part of hyperbee 2 that engine/hyperbee.ts uses; the package ships no types.
declare module 'hyperbee' {
  import type Hypercore from 'hypercore'

  export interface HyperbeeNode {
    seq: number
    key: Uint8Array
    value: unknown
    type?: 'put' | 'del'
  }
  export interface HyperbeeBatch {
    getRoot(ensureHeader: boolean): Promise<unknown>
    put(key: Uint8Array, value: unknown): Promise<void>
    del(key: Uint8Array): Promise<void>
    flush(): Promise<void>
    close(): Promise<void>
    get(key: Uint8Array): Promise<HyperbeeNode | null>
    createReadStream(range: { gte: Uint8Array; lt: Uint8Array }): AsyncIterable<HyperbeeNode>
  }

  export default class Hyperbee {
    constructor(
      core: Hypercore,
      options: {
        keyEncoding: 'binary'
        valueEncoding: 'json'
        metadata: { contentFeed: null }
        extension: false
      },
    )
    ready(): Promise<void>
    close(): Promise<void>
    batch(options?: { checkout: number }): HyperbeeBatch
    createHistoryStream(options: {
      gte?: number
      lt?: number
      reverse?: boolean
    }): AsyncIterable<HyperbeeNode>
  }
}
