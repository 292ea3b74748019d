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
import type { HostedParts } from './hosted-options.ts'
import { HostedService } from './hosted-service.ts'

export interface ServiceRegistryOptions extends HostedParts {
  /** The host's directory. */
  readonly dir: string
  /** As they stand in the policy now. */
  readonly quotas: () => Quotas
  /** Whether a decision of the provisioning service is under way: executed, and not durable yet. */
  readonly isDeciding: () => boolean
  readonly onError: (error: Error) => void
}

/** A service, and what the log says of it. */
export interface RegisteredService {
  readonly record: ServiceRecord
  readonly service: HostedService
}

/** The head of a ledger as the provisioning log records it; the hash in hexadecimal. */
export type RecordedHead = NonNullable<ServiceRecord['head']>

interface Place {
  record: ServiceRecord
  readonly service: HostedService
  /** Entry of the provisioning log in which the service may come to be stopped: it is halted for that. */
  haltedFor: number | null
}

export class ServiceRegistry {
  #options: ServiceRegistryOptions
  #housed = new Map<string, Place>()
  #rates: TokenBuckets
  /** Purges under way. */
  #leaving = new Set<Promise<void>>()

  constructor(options: ServiceRegistryOptions) {
    this.#options = options
    this.#rates = new TokenBuckets(options.ports.now)
  }

  /**
   * Brings the directories in line with the log: what a crash left of deploys and removals that were under way goes. Then
   * the services are there, asleep.
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

  /** Follows a change of the log, which has `length` entries by now, at once. */
  follow(record: ServiceRecord, length: number): void {
    const { id, state } = record
    const housed = this.#housed.get(id)
    if (state === 'purged') this.#purge(id)
    else if (housed) {
      housed.record = record
      this.#release(housed, length)
    } else this.#take(record)
    this.#options.onChange()
  }

  /** The log has `length` entries: a service that was halted for one of them, and is not stopped, goes on. */
  settled(length: number): void {
    for (const housed of this.#housed.values())
      if (housed.haltedFor !== null) this.#release(housed, length)
  }

  /**
   * Has a service execute nothing from now on, until the log says at `entry` what becomes of it; gives the head of its ledger.
   * Null if the ledger cannot be read: a service whose directory is damaged can be stopped and removed too.
   */
  async halt(id: string, entry: number): Promise<RecordedHead | null> {
    const housed = this.#housed.get(id)
    if (!housed) return null
    housed.haltedFor = entry
    try {
      const { length, treeHash } = await housed.service.halt(HALT_MS)
      return { length, treeHash: toHex(treeHash) }
    } catch (error) {
      if (PASSING.has((error as { code?: string }).code ?? '')) throw error
      this.#options.onError(error as Error)
      return null
    }
  }

  /** Unless the service is halted for an entry that is still to come. */
  #release(housed: Place, length: number): void {
    if (housed.haltedFor !== null && housed.haltedFor >= length) return
    housed.haltedFor = null
    if (housed.record.state === 'running') housed.service.mend()
    housed.service.running = housed.record.state === 'running'
  }

  get(id: string): RegisteredService | undefined {
    return this.#housed.get(id)
  }

  all(): RegisteredService[] {
    return [...this.#housed.values()]
  }

  /** Executes nothing new. Commits and answers the current groups. */
  async stop(): Promise<void> {
    await Promise.all(this.all().map(({ service }) => service.stop()))
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(({ service }) => service.close()))
    await Promise.all(this.#leaving)
  }

  /** Asked of each new request to any service, and of those for provisioning. Throws {@link Refusal}. */
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
    this.#housed.set(id, { record, service, haltedFor: null })
  }

  #admit(id: string, request: Request, caller: string, storedBytes: number): void {
    const housed = this.#housed.get(id)
    const state = housed?.record.state ?? 'purged'
    if (state !== 'running') throw stopped(state)
    // The call that was to stop it came to nothing, and left no entry.
    if (housed && !this.#options.isDeciding()) this.#release(housed, Number.POSITIVE_INFINITY)
    if (housed?.haltedFor != null) throw stopped()
    const most = this.#options.quotas().storedBytes
    if (storedBytes >= most) {
      const stored = `the service has stored ${storedBytes} bytes`
      throw new Refusal('ERR_VMS_STORAGE', `${stored}, this host allows ${most}`)
    }
    this.limitRate(id, caller, request)
  }

  /** Ends the work of the service, then removes its directory. After a crash in between, the next start removes it. */
  #purge(id: string): void {
    const service = this.#housed.get(id)?.service
    this.#housed.delete(id)
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
