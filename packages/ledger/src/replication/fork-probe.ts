/**
 * Asks peers that claim another fork of a ledger to show it: a peer with that history has a head of it, which the ledger's key
 * signed together with the fork. Only this file lets a core follow a fork, in a temporary store.
 */
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { type Crypto, headSignable } from '@vms/format'
import { type Core, discoveryKey, headSignature, readLedgerManifest } from '../engine/hypercore.ts'
import { openForkableCore, openStore, type Store } from '../engine/store.ts'
import type { ForkProof } from '../errors/fork-errors.ts'

/** Milliseconds between two checks whether a peer has shown the fork. */
const LOOK_MS = 100

export interface ForkProbeOptions {
  readonly key: Uint8Array
  /** An empty directory, which the caller removes. */
  readonly directory: string
  readonly crypto: Crypto
}

export class ForkProbe {
  #store: Store
  #core: Core
  #crypto: Crypto

  private constructor(store: Store, core: Core, crypto: Crypto) {
    this.#store = store
    this.#core = core
    this.#crypto = crypto
  }

  static async open({ key, directory, crypto }: ForkProbeOptions): Promise<ForkProbe> {
    const store = await openStore(directory)
    return new ForkProbe(store, await openForkableCore(store, key), crypto)
  }

  /** Topics under which peers who have the ledger can be found. */
  get topics(): Uint8Array[] {
    return [discoveryKey(this.#core)]
  }

  /** Replicates over a stream: see `Ledger.replicate`. */
  replicate(transport: boolean | Duplex): Duplex {
    return this.#store.replicate(transport)
  }

  /** The head that the ledger's key signed over a fork other than 0; null if no peer shows one within `timeoutMs`. */
  async proof(timeoutMs: number): Promise<ForkProof | null> {
    for (let waited = 0; waited <= timeoutMs; waited += LOOK_MS) {
      const { fork, length } = this.#core
      if (fork > 0 && length > 0) return this.#proven()
      await setTimeout(LOOK_MS)
    }
    return null
  }

  #proven(): ForkProof | null {
    const core = this.#core
    const manifest = readLedgerManifest(core)
    if (!manifest) return null
    const { length, fork } = core
    const key = Uint8Array.from(core.key)
    const treeHash = Uint8Array.from(core.state.hash())
    const signature = headSignature(core)
    const signed = headSignable(key, length, treeHash, fork)
    if (!this.#crypto.verify(signed, signature, manifest.signer)) return null
    return { key, manifest, files: null, heads: [{ length, treeHash, signature, fork }], trees: [] }
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
