// The part of hyperdht 6 that swarm.ts uses; the package ships no types.
declare module 'hyperdht' {
  export default class DHT {
    constructor(options: { bootstrap?: { host: string; port: number }[]; host?: string })
    destroy(options: { force: boolean }): Promise<void>
  }
}
