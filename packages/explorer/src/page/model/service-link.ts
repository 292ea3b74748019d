/** The connection to one service while the reader looks at it. It only reads: its key pair belongs to nobody and cannot sign. */
import { NodeVMSClient, type ServiceInfo, type Signer, VmsVerificationError } from '@vms/client'
import { serviceUrl } from './description.ts'
import { EntryStore } from './entry-store.ts'

export type LinkState =
  | { readonly kind: 'connecting' | 'open' | 'reconnecting' }
  /** Failed finally. `refuted`: the host's statements failed a check. */
  | { readonly kind: 'failed'; readonly message: string; readonly refuted: boolean }

const nobody: Signer = {
  publicKey: new Uint8Array(32),
  extractable: false,
  sign: () => {
    throw new Error('this page makes no calls')
  },
}

/** Milliseconds to connect, and to read: the host must first start a dormant service. */
const TIMEOUT_MS = 20_000

export class ServiceLink {
  readonly id: string
  readonly client = new NodeVMSClient({ key: nobody, timeout: TIMEOUT_MS })
  readonly store: EntryStore
  state: LinkState = { kind: 'connecting' }
  /** When the link checked the newest head, in milliseconds since the epoch. */
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

  /** The facts about the service. Throws before the link has opened. */
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

  /** Calls `listener` whenever the ledger has grown. Returns the function that stops it. */
  onUpdate(listener: () => void): () => void {
    this.#onUpdate.push(listener)
    return () => {
      this.#onUpdate = this.#onUpdate.filter((other) => other !== listener)
    }
  }

  /** Calls `listener` when requested entries are loaded. Returns the function that stops it. */
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
