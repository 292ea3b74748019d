/** A service that never becomes dormant: the only one of a host, or the provisioning service of a host of many. */
import type { Duplex } from 'node:stream'
import { encodeKey, filesUrl, ledgerUrl } from '@vms/format'
import type { SharedStream } from '@vms/ledger'
import type { CommitSignal } from '../connections/commit-signal.ts'
import type { OnDht } from '../dht/dht-services.ts'
import type { Served } from '../http/server.ts'
import type { HostKeys } from '../opening/keys.ts'
import type { Service } from '../service/service.ts'
import type { OpenService } from './open-service.ts'
import { secretsOf } from './open-service.ts'

export class PinnedService implements Served, OnDht {
  readonly requestBytes: number
  readonly commits: CommitSignal
  #open: OpenService

  constructor(service: Service, keys: HostKeys, commits: CommitSignal) {
    this.requestBytes = service.genesis.limits.requestBytes
    this.commits = commits
    this.#open = { service, ...secretsOf(keys) }
  }

  use<T>(work: (open: OpenService) => Promise<T>): Promise<T> {
    return work(this.#open)
  }

  async replicate(): Promise<Duplex> {
    return this.#open.service.ledger.replicate(false)
  }

  async transportKey(): Promise<Uint8Array> {
    return this.#open.transportKey
  }

  async serve(stream: SharedStream, discoveryKey: Uint8Array): Promise<boolean> {
    return this.#open.service.ledger.replicateOn(stream, discoveryKey)
  }
}

/** The description of a service in /.well-known/vms.json. */
export interface DescribedService {
  readonly id: string
  readonly title: string
  /** `vms://…` of the ledger. */
  readonly ledger: string
  /** `hyper://…` of the files. */
  readonly files: string
  readonly methods: readonly string[]
  readonly authentication: 'signed' | 'debug'
  readonly semantics: number
  readonly length: number
}

export function describeOpen({ ledger, genesis, methods }: Service): DescribedService {
  return {
    id: encodeKey(ledger.key),
    title: genesis.script.title,
    ledger: ledgerUrl(ledger.key),
    files: filesUrl(ledger.filesKey),
    methods: [...methods],
    authentication: genesis.authentication,
    semantics: genesis.semantics,
    length: ledger.length,
  }
}
