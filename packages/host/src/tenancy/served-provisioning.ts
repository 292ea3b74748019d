/** Provisioning as peers find it: a service that never sleeps. */
import type { Duplex } from 'node:stream'
import type { SharedStream } from '@vms/ledger'
import type { CommitSignal } from '../connections/commit-signal.ts'
import type { CallableService } from '../connections/connection.ts'
import type { OnDht } from '../dht/dht-services.ts'
import type { Served } from '../http/server.ts'
import type { Provisioning } from '../provisioning/provisioning.ts'

export class ServedProvisioning implements Served, OnDht {
  readonly requestBytes: number
  readonly commits: CommitSignal
  #provisioning: Provisioning

  constructor(provisioning: Provisioning) {
    this.#provisioning = provisioning
    this.requestBytes = provisioning.service.genesis.limits.requestBytes
    this.commits = provisioning.commits
  }

  use<T>(work: (awake: CallableService) => Promise<T>): Promise<T> {
    const { service, keys } = this.#provisioning
    return work({ service, refusalKey: keys.refusal.secretKey })
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
