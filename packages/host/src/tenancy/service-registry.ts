/** The service registry: the services of a host, exactly those that the provisioning log names. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Request, toHex } from '@vms/format'
import { Refusal, stopped } from '../errors/refusal.ts'
import { readDormantState } from '../opening/dormant-state.ts'
import { newServicesFolder, servicesFolder } from '../provisioning/deployer.ts'
import type { Quotas } from '../provisioning/policy.ts'
import type { ServiceRecord } from '../provisioning/records.ts'
import { TokenBuckets } from '../rates/token-buckets.ts'
import { HALT_MS } from '../settings/limits.ts'
import { type HostedParts, HostedService } from './hosted-service.ts'

export interface ServiceRegistryOptions extends HostedParts {
  /** The host's directory. */
  readonly dir: string
  /** The quotas of the current policy. */
  readonly quotas: () => Quotas
  /** Whether the provisioning service has executed a decision that is not durable yet. */
  readonly isDeciding: () => boolean
  readonly onError: (error: Error) => void
}

/** A service, and its record in the provisioning log. */
export interface RegisteredService {
  readonly record: ServiceRecord
  readonly service: HostedService
}

/** The head of a ledger as the provisioning log records it; the hash in hexadecimal. */
export type RecordedHead = NonNullable<ServiceRecord['head']>

interface Registration {
  record: ServiceRecord
  readonly service: HostedService
  /** Entry of the provisioning log that may stop the service. The service is halted until that entry is durable. Null if it is not halted. */
  haltedFor: number | null
}

export class ServiceRegistry {
  #options: ServiceRegistryOptions
  #registered = new Map<string, Registration>()
  #rates: TokenBuckets
  /** Purges under way. */
  #leaving = new Set<Promise<void>>()

  constructor(options: ServiceRegistryOptions) {
    this.#options = options
    this.#rates = new TokenBuckets(options.ports.now)
  }

  /**
   * Makes the directories agree with the log: removes what unfinished deploys and purges left behind after a crash. Then registers
   * all services as dormant.
   */
  async settle(records: Iterable<ServiceRecord>): Promise<void> {
    const { dir } = this.#options
    await rm(newServicesFolder(dir), { recursive: true, force: true })
    await mkdir(servicesFolder(dir), { recursive: true, mode: 0o700 })
    const kept = [...records].filter(({ state }) => state !== 'purged')
    const known = new Set(kept.map(({ id }) => id))
    for (const name of await readdir(servicesFolder(dir)))
      if (!known.has(name)) await rm(path.join(servicesFolder(dir), name), { recursive: true })
    for (const record of kept) this.#take(record)
  }

  /** Applies a changed record. `length`: entries of the provisioning log. */
  follow(record: ServiceRecord, length: number): void {
    const { id, state } = record
    const registered = this.#registered.get(id)
    if (state === 'purged') this.#purge(id)
    else if (registered) {
      registered.record = record
      this.#release(registered, length)
    } else this.#take(record)
    this.#options.onChange()
  }

  /** Releases each service that was halted for one of the first `length` entries of the log and that none of them stopped. */
  settled(length: number): void {
    for (const registered of this.#registered.values())
      if (registered.haltedFor !== null) this.#release(registered, length)
  }

  /**
   * Halts a service until the log has the entry `position`, which decides its state. Returns the head of its ledger.
   * Null if the host cannot read the ledger: a service with a damaged directory can be stopped and purged too.
   */
  async halt(id: string, position: number): Promise<RecordedHead | null> {
    const registered = this.#registered.get(id)
    if (!registered) return null
    registered.haltedFor = position
    try {
      const { length, treeHash } = await registered.service.halt(HALT_MS)
      return { length, treeHash: toHex(treeHash) }
    } catch (error) {
      if (PASSING.has((error as { code?: string }).code ?? '')) throw error
      this.#options.onError(error as Error)
      return null
    }
  }

  /** Lets the service continue, unless it is halted for an entry that the log does not have yet. */
  #release(registered: Registration, length: number): void {
    if (registered.haltedFor !== null && registered.haltedFor >= length) return
    registered.haltedFor = null
    if (registered.record.state === 'running') registered.service.mend()
    registered.service.running = registered.record.state === 'running'
  }

  get(id: string): RegisteredService | undefined {
    return this.#registered.get(id)
  }

  all(): RegisteredService[] {
    return [...this.#registered.values()]
  }

  /** Executes nothing new. Commits and answers the current groups. */
  async stop(): Promise<void> {
    await Promise.all(this.all().map(({ service }) => service.stop()))
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(({ service }) => service.close()))
    await Promise.all(this.#leaving)
  }

  /** Checks each new request to any service, provisioning included. Throws {@link Refusal}. */
  readonly limitRate = (id: string, caller: string, request: Request): void => {
    const { callsPerSecond } = this.#options.quotas()
    if (this.#rates.take(`${id} ${caller}`, request.calls.length, callsPerSecond)) return
    throw tooFast(callsPerSecond)
  }

  /** Called with the caller that a request names, before its signature is checked. Throws {@link Refusal}. */
  readonly precheck = (id: string, caller: string): void => {
    const { callsPerSecond } = this.#options.quotas()
    if (!this.#rates.has(`${id} ${caller}`, callsPerSecond)) throw tooFast(callsPerSecond)
  }

  #take(record: ServiceRecord): void {
    const { id, requestBytes, head, methods, state } = record
    const service = new HostedService({
      ...this.#options,
      id,
      dir: this.#dirOf(id),
      requestBytes,
      dormant: readDormantState(this.#dirOf(id)),
      known: { length: head?.length ?? 0, methods },
      running: state === 'running',
      precheck: (caller) => this.precheck(id, caller),
      authorize: (request, caller, storedBytes) => this.#admit(id, request, caller, storedBytes),
    })
    this.#registered.set(id, { record, service, haltedFor: null })
  }

  #admit(id: string, request: Request, caller: string, storedBytes: number): void {
    const registered = this.#registered.get(id)
    const state = registered?.record.state ?? 'purged'
    if (state !== 'running') throw stopped(state)
    // The call that should have stopped the service failed and left no entry.
    if (registered && !this.#options.isDeciding())
      this.#release(registered, Number.POSITIVE_INFINITY)
    if (registered?.haltedFor != null) throw stopped()
    const most = this.#options.quotas().storedBytes
    if (storedBytes >= most) {
      const stored = `the service has stored ${storedBytes} bytes`
      throw new Refusal('ERR_VMS_STORAGE', `${stored}, this host allows ${most}`)
    }
    this.limitRate(id, caller, request)
  }

  /** Ends the work of the service, then removes its directory. After a crash in between, the next start removes it. */
  #purge(id: string): void {
    const service = this.#registered.get(id)?.service
    this.#registered.delete(id)
    const leaving = (async () => {
      await service?.close()
      await rm(this.#dirOf(id), { recursive: true, force: true })
    })()
      .catch(this.#options.onError)
      .finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }

  #dirOf(id: string): string {
    return path.join(servicesFolder(this.#options.dir), id)
  }
}

/** Temporary errors: the caller may try the stop again. */
const PASSING = new Set([
  'ERR_VMS_TOO_MANY_AWAKE',
  'ERR_VMS_CLOSING',
  // The host ends after these errors. The log must not record a head that the next start may not find.
  'ERR_VMS_COMMIT_FAILED',
  'ERR_VMS_DISK_FULL',
])

const tooFast = (callsPerSecond: number): Refusal =>
  new Refusal(
    'ERR_VMS_RATE',
    `you made more than the ${callsPerSecond} calls per second that this host allows`,
  )
