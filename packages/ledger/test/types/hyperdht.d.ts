// The part of hyperdht's test network that the tests use; the package ships no types.
declare module 'hyperdht/testnet.js' {
  export default function createTestnet(size: number): Promise<{
    bootstrap: { host: string; port: number }[]
    createNode(): {
      readonly online: boolean
      toArray(options: { limit: number }): readonly object[]
      lookup(topic: Buffer): AsyncIterable<{ peers: { publicKey: Buffer }[] }>
      destroy(options: { force: boolean }): Promise<void>
    }
    destroy(): Promise<void>
  }>
}
