/** Provisioning as peers find it: a service that never sleeps. */
import type { Duplex } from 'node:stream'
import type { SharedStream } from '@vms/ledger'
import { Connection, type Socket } from '../connection.ts'
import type { ServiceLimits } from '../limits.ts'
import type { Observer } from '../observer.ts'
import type { Served } from '../server.ts'
import type { OnDht } from '../services/dht-house.ts'
import type { HostPorts } from '../starting.ts'
import type { Provisioning } from './provisioning.ts'

export interface ServedProvisioningParts {
  readonly ports: Pick<HostPorts, 'crypto' | 'now'>
  readonly limits: ServiceLimits
  readonly observer: Observer | undefined
}

export class ServedProvisioning implements Served, OnDht {
  readonly requestBytes: number
  #provisioning: Provisioning
  #parts: ServedProvisioningParts

  constructor(provisioning: Provisioning, parts: ServedProvisioningParts) {
    this.#provisioning = provisioning
    this.#parts = parts
    this.requestBytes = provisioning.service.genesis.limits.requestBytes
  }

  connect(socket: Socket): Connection {
    const { service, keys, commits } = this.#provisioning
    const { ports, limits, observer } = this.#parts
    const { crypto, now } = ports
    const awake = { service, refusalKey: keys.refusal.secretKey }
    return new Connection({
      socket,
      use: (work) => work(awake),
      commits,
      requestBytes: this.requestBytes,
      crypto,
      limits,
      now,
      observer,
    })
  }

  async replicate(): Promise<Duplex> {
    return this.#provisioning.service.ledger.replicate(false)
  }

  async transportKey(): Promise<Uint8Array> {
    return this.#provisioning.keys.transport.secretKey
  }

  async serve(stream: SharedStream, discoveryKey: Uint8Array): Promise<boolean> {
    return this.#provisioning.service.ledger.replicateOn(stream, discoveryKey)
  }
}
