/** A caller of the simulated host: the real client over the simulated network. It keeps what each of its calls came to. */
import {
  connect,
  isLie,
  type Remote,
  VmsAbortError,
  VmsConnectionError,
  VmsRefusedError,
  VmsRemoteError,
  VmsVerificationError,
} from '@vms/client'
import { type KeyPair, type Receipt, UPGRADE_METHOD, type Value } from '@vms/format'
import type { World } from './host-process.ts'
import type { Network } from './network.ts'
import type { Site } from './site.ts'

/** Milliseconds until a caller that finds no host tries again. */
const RETRY_MS = 700

/** Milliseconds that an upgrade may take. */
const UPGRADE_MS = 60_000

export interface Sent {
  readonly caller: Caller
  readonly site: Site
  /** Stands in the arguments of the call, so that the ledger's entries tell calls apart. */
  readonly mark: string
  readonly sentAt: number
  /** What the client said in the end. */
  result: Acknowledged | Failed | null
}

/** The host proved that the call is in the ledger. */
export interface Acknowledged {
  readonly kind: 'acknowledged'
  readonly at: number
  readonly receipt: Receipt
}

export interface Failed {
  readonly kind: 'failed'
  readonly at: number
  readonly error: Error & { readonly mayHaveExecuted?: boolean }
}

export class Caller {
  readonly #world: World
  readonly #network: Network
  readonly #key: KeyPair
  readonly #clients = new Map<Site, Promise<Remote<unknown>>>()
  readonly sent: Sent[] = []

  constructor(world: World, network: Network, key = world.crypto.keyPair()) {
    this.#world = world
    this.#network = network
    this.#key = key
  }

  /** Its connections break. */
  cut(): void {
    this.#network.cut(this)
  }

  call(site: Site, calls: readonly (readonly [string, number])[], timeout: number): void {
    for (const [method, argument] of calls) this.#send(site, method, [argument], timeout)
  }

  upgrade(site: Site, source: string): void {
    const script = { name: 'program.js', source }
    this.#send(site, UPGRADE_METHOD, [script], UPGRADE_MS)
  }

  close(): void {
    for (const client of this.#clients.values()) void client.then(({ $close }) => $close())
  }

  #send(site: Site, method: string, args: readonly Value[], timeout: number): void {
    const mark = this.#world.nextMark()
    const [first] = args
    // A script gets the mark as a title, a method as an argument that it does not look at.
    const marked =
      method === UPGRADE_METHOD ? [{ ...(first as object), title: mark }] : [first, mark]
    const sent: Sent = { caller: this, site, mark, sentAt: this.#world.time.now, result: null }
    this.sent.push(sent)
    this.#clientOf(site)
      .then((client) => client.$receipt(method, marked, { timeout }))
      .then(
        ({ receipt }) => this.#acknowledged(sent, receipt),
        (error: Error) => this.#failed(sent, error),
      )
  }

  #acknowledged(sent: Sent, receipt: Receipt): void {
    sent.result = { kind: 'acknowledged', at: this.#world.time.now, receipt }
  }

  #failed(sent: Sent, error: Error): void {
    const hasOutcome = error instanceof VmsRemoteError || error instanceof VmsAbortError
    if (hasOutcome && error.receipt) this.#acknowledged(sent, error.receipt)
    else sent.result = { kind: 'failed', at: this.#world.time.now, error }
  }

  /** One client for each service, connected before the first call leaves. */
  #clientOf(site: Site): Promise<Remote<unknown>> {
    const known = this.#clients.get(site)
    if (known) return known
    const client = this.#connect(site)
    this.#clients.set(site, client)
    return client
  }

  async #connect(site: Site): Promise<Remote<unknown>> {
    const { time, random, crypto } = this.#world
    for (;;) {
      try {
        const client = await connect<unknown>(`ws://service-${site.number}.example`, {
          key: this.#key,
          ...(site.disk.key && { ledger: site.disk.key }),
          timeout: Number.POSITIVE_INFINITY,
          ports: {
            openTransport: this.#network.transportTo(site, this),
            now: () => time.now,
            random: () => random.below(1_000) / 1_000,
            after: (ms, callback) =>
              ms === Number.POSITIVE_INFINITY ? () => {} : time.after(ms, callback),
            randomBytes: crypto.randomBytes,
          },
        })
        client.$on('error', (error) => this.#ended(site, error))
        return client
      } catch (error) {
        if (!(error instanceof VmsConnectionError)) this.#ended(site, error as Error)
        await time.sleep(RETRY_MS)
      }
    }
  }

  /** The client has ended for good. Only a host that lied, or went on from a copy, may bring that about. */
  #ended(site: Site, error: Error): void {
    if (site.injected && isLie(error)) return
    if (site.restores.length > 0 && error instanceof VmsVerificationError) return
    this.#world.onWrong(`a client ended: ${error.message}`)
  }
}

export const refusalOf = ({ result }: Sent): VmsRefusedError['refusal'] | null =>
  result?.kind === 'failed' && result.error instanceof VmsRefusedError ? result.error.refusal : null
