/**
 * The services of a host on the DHT. The host announces each running service, provisioning included, by the topics of its ledger and
 * of its files. One stream of a peer carries calls and replication of any of them, and wakes dormant services.
 */
import { type Crypto, parseAddress, toHex } from '@vms/format'
import {
  Announcer,
  discoveryKeyOf,
  type Pace,
  replicateMany,
  type Shared,
  type SwarmOptions,
} from '@vms/ledger'
import type { Connections, Endpoint } from '../connections/connections.ts'
import type { ServiceRecord } from '../provisioning/records.ts'
import type { AddressCounts } from '../rates/address-counts.ts'
import { admitPeer, visitorOf } from '../rates/visitor-address.ts'
import { WakeRateError } from '../rates/wake-rate-limit.ts'
import type { HostLimits } from '../settings/limits.ts'
import { DhtCalls, type DhtServed } from './dht-calls.ts'
import { answerStatements, type StatementPort } from './dht-statements.ts'

/** How a host of many services uses the DHT. */
export interface DhtOptions extends Pick<SwarmOptions, 'bootstrap'> {
  /** Whether to take calls too, from every peer that knows a service's `vms://` address. Default false: replication only. */
  readonly calls?: boolean
  /** Pace of announcements. Default: {@link ANNOUNCER_PACE}. */
  readonly pace?: Partial<Pace>
}

/** A service, awake or not. */
export interface OnDht extends Endpoint, Shared {
  /** `visitor`: the address that wakes the service. */
  transportKey(visitor: string | null): Promise<Uint8Array>
}

export interface DhtServicesOptions {
  readonly crypto: Crypto
  readonly limits: Pick<HostLimits, 'connections' | 'awake'>
  readonly connections: Connections
  /** Counts of open streams by address. */
  readonly addresses: AddressCounts
  readonly onError: (error: Error) => void
  readonly statements: StatementPort
}

interface Known {
  readonly ledger: Uint8Array
  readonly service: OnDht
}

export class DhtServices {
  #announcer: Announcer
  #calls: DhtCalls | null
  #byTopic = new Map<string, Known>()

  constructor({ bootstrap, calls, pace }: DhtOptions, options: DhtServicesOptions) {
    const { crypto, limits, addresses } = options
    const { connections, awake } = limits
    // Report no error for a refused peer: anybody can cause any number of them.
    const onError = (error: Error): void => {
      if (!(error instanceof WakeRateError)) options.onError(error)
    }
    this.#calls = calls
      ? new DhtCalls({
          crypto,
          channels: connections,
          connections: options.connections,
          onError,
          find: (topic, stream) => this.#findServed(topic, visitorOf(stream)),
        })
      : null
    const replication = {
      find: (topic: Uint8Array) => this.#find(topic)?.service ?? null,
      // A peer that follows all services may neither keep all of them awake nor lose its stream again and again.
      ledgers: Math.max(1, Math.floor(awake / 2)),
      onError,
    }
    this.#announcer = new Announcer({
      timers: options.connections.options.timers,
      ...(bootstrap && { bootstrap }),
      ...(pace && { pace }),
      onStream: (stream) => {
        if (this.#announcer.connected > connections || !admitPeer(stream, addresses)) {
          stream.destroy()
          return
        }
        replicateMany(stream, replication)
        options.connections.watch(stream)
        this.#calls?.accept(stream)
        answerStatements(stream, options.statements)
      },
      onEvent: (event) => event.type === 'error' && onError(event.error),
    })
  }

  /** Open channels of calls. */
  get calls(): number {
    return this.#calls?.size ?? 0
  }

  /** Topics that are announced, and announcements under way. */
  get state(): Announcer['state'] {
    return this.#announcer.state
  }

  /** Follows the record of a service; `service` is undefined once it is purged. The host does not announce a stopped service, but serves its ledger to peers that find the host. */
  follow(
    record: Pick<ServiceRecord, 'ledger' | 'files' | 'state'>,
    service: OnDht | undefined,
  ): void {
    const ledger = keyOf(record.ledger)
    for (const topic of [ledger, keyOf(record.files)].map(discoveryKeyOf)) {
      if (service) this.#byTopic.set(toHex(topic), { ledger, service })
      else this.#byTopic.delete(toHex(topic))
      if (record.state === 'running') this.#announcer.add(topic)
      else this.#announcer.delete(topic)
    }
  }

  /** Sends the ready answers, and leaves the DHT. */
  async close(): Promise<void> {
    await this.#calls?.close()
    await this.#announcer.close()
  }

  #find(topic: Uint8Array): Known | undefined {
    return this.#byTopic.get(toHex(topic))
  }

  async #findServed(topic: Uint8Array, visitor: string): Promise<DhtServed | null> {
    const known = this.#find(topic)
    if (!known) return null
    const { ledger, service } = known
    const transportKey = await service.transportKey(visitor)
    return { ledgerKey: ledger, transportKey, endpoint: service, visitor }
  }
}

/** The key in a `vms://…` or `hyper://…` URL. */
function keyOf(url: string): Uint8Array {
  const address = parseAddress(url)
  if (address.kind === 'service') throw new TypeError(`${url} holds no key`)
  return address.key
}
