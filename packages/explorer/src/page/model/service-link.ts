/**
 * The connection to one service, for as long as the reader looks at it. It reads only: its key pair is nobody's, and cannot
 * sign.
 */
import { NodeVMSClient, type ServiceInfo, type Signer, VmsVerificationError } from '@vms/client'
import { serviceUrl } from './description.ts'
import { EntryStore } from './entry-store.ts'

export type LinkState =
  | { readonly kind: 'connecting' | 'open' | 'reconnecting' }
  /** For good: `refuted` if what the host said does not hold. */
  | { readonly kind: 'failed'; readonly message: string; readonly refuted: boolean }

const nobody: Signer = {
  publicKey: new Uint8Array(32),
  extractable: false,
  sign: () => {
    throw new Error('this page makes no calls')
  },
}

/** Milliseconds to connect, and to read: a service that sleeps is woken first. */
const TIMEOUT_MS = 20_000

export class ServiceLink {
  readonly id: string
  readonly client = new NodeVMSClient({ key: nobody, timeout: TIMEOUT_MS })
  readonly store: EntryStore
  state: LinkState = { kind: 'connecting' }
  /** When the newest head was checked, in milliseconds since the epoch. */
  headAt = 0
  #closed = false
  #onState: (() => void)[] = []
  #onUpdate: (() => void)[] = []
  #onLoad: (() => void)[] = []

  constructor(id: string) {
    this.id = id
    this.store = new EntryStore({
      ledger: () => this.client.ledger,
      onLoad: () => tell(this.#onLoad),
      onError: (error) => this.fail(error),
    })
  }

  /** What the service is, once the link has been open. */
  get info(): ServiceInfo {
    const { info } = this.client
    if (!info) throw new Error('the service is not known yet')
    return info
  }

  /** Connects, and reports the result through {@link onState}. */
  async open(): Promise<void> {
    const { client } = this
    client.on('reconnecting', () => this.#become({ kind: 'reconnecting' }))
    client.on('error', (error) => this.fail(error))
    client.on('update', () => this.#grow())
    try {
      await client.connect(serviceUrl(this.id), { ledger: this.id })
      client.on('ready', () => {
        this.#become({ kind: 'open' })
        this.#grow()
      })
      this.headAt = Date.now()
      this.#become({ kind: 'open' })
    } catch (error) {
      this.fail(error as Error)
    }
  }

  onState(listener: () => void): void {
    this.#onState.push(listener)
  }

  /** The ledger has grown. */
  onUpdate(listener: () => void): () => void {
    this.#onUpdate.push(listener)
    return () => {
      this.#onUpdate = this.#onUpdate.filter((other) => other !== listener)
    }
  }

  /** Entries that were wanted are here. */
  onLoad(listener: () => void): () => void {
    this.#onLoad.push(listener)
    return () => {
      this.#onLoad = this.#onLoad.filter((other) => other !== listener)
    }
  }

  /** The error of a reading. Only an answer that fails a check ends the link; after another error the page may ask again. */
  fail(error: Error): void {
    if (this.#closed || this.state.kind === 'failed') return
    const refuted = error instanceof VmsVerificationError
    if (!refuted && this.state.kind === 'open') return
    this.#become({ kind: 'failed', message: error.message, refuted })
  }

  close(): void {
    this.#closed = true
    this.client.close()
  }

  #grow(): void {
    this.headAt = Date.now()
    if (this.state.kind !== 'failed') tell(this.#onUpdate)
  }

  #become(state: LinkState): void {
    if (this.#closed || this.state.kind === 'failed') return
    this.state = state
    tell(this.#onState)
  }
}

const tell = (listeners: readonly (() => void)[]): void => {
  for (const listener of listeners) listener()
}
