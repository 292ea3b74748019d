/**
 * Metrics in the Prometheus text format: of calls, groups, refusals, connections, and of the process.
 *
 * The host and the collector keep every series in memory, so labels are bounded: refusals and outcomes come from our own lists, and
 * only a limited number of services have a series of their own.
 */
import { type Entry, encodeKey } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Answered, Observer } from '../service/observer.ts'
import type { DisconnectReason } from './disconnects.ts'

/** Most services with series of their own: the first active ones. All others share `service="other"`. */
export const METRICS_SERVICES = 100

/** Buckets in seconds, from a lone call on a fast disk to a call behind a full queue. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The state of a service at a scrape. */
export interface ServiceState {
  readonly id: string
  readonly state: 'live' | 'dormant' | 'stopped' | 'faulted'
  /** Number of entries in its ledger. */
  readonly entries: number
  /** Requests in the queue. */
  readonly queued: number
}

/** The values that each scrape reads. */
export interface MetricsSource {
  services(): Iterable<ServiceState>
  /** Open connections by purpose. */
  connections(): Readonly<Record<'calls' | 'replication' | 'dht', number>>
  /** Connections that the host itself ended so far, by reason. */
  cuts(): Readonly<Record<DisconnectReason, number>>
  /** Machine processes that are running. */
  machines(): number
}

export class Metrics implements Observer {
  #registry = new Registry()
  #labels = new Set<string>()
  #known = new WeakMap<LedgerPort, string>()
  #source: MetricsSource | null = null
  #calls: Counter
  #entries: Counter
  #refusals: Counter
  #answer: Histogram
  #commit: Histogram
  #faults: Counter

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#calls = new Counter({
      name: 'vms_calls_total',
      help: 'Calls in the ledger, by what they came to',
      labelNames: ['service', 'outcome'],
      registers,
    })
    this.#entries = new Counter({
      name: 'vms_entries_total',
      help: 'Entries committed, by type',
      labelNames: ['service', 'type'],
      registers,
    })
    this.#refusals = new Counter({
      name: 'vms_refusals_total',
      help: 'Requests that were refused, by code',
      labelNames: ['service', 'code'],
      registers,
    })
    this.#answer = new Histogram({
      name: 'vms_request_seconds',
      help: 'From the arrival of a request to its answer',
      labelNames: ['service'],
      buckets: SECONDS,
      registers,
    })
    this.#commit = new Histogram({
      name: 'vms_commit_seconds',
      help: 'Making a group durable: its count is the number of groups',
      labelNames: ['service'],
      buckets: SECONDS,
      registers,
    })
    this.#faults = new Counter({
      name: 'vms_faults_total',
      help: 'Faults of a service, each of which stopped its execution',
      labelNames: ['service'],
      registers,
    })
    this.#gauges()
  }

  /** Reads the gauges from `source` from now on. */
  watch(source: MetricsSource): void {
    this.#source = source
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  onAnswer(ledger: LedgerPort, { ms, came }: Answered): void {
    const service = this.#labelOf(ledger)
    this.#answer.observe({ service }, ms / 1_000)
    if ('code' in came) this.#refusals.inc({ service, code: came.code })
  }

  onGroup(ledger: LedgerPort, entries: readonly Entry[], ms: number): void {
    const service = this.#labelOf(ledger)
    this.#commit.observe({ service }, ms / 1_000)
    const types = new Map<string, number>()
    const outcomes = new Map<string, number>()
    for (const entry of entries) {
      add(types, entry.type)
      if (entry.type === 'calls') for (const { status } of entry.outcomes) add(outcomes, status)
    }
    for (const [type, count] of types) this.#entries.inc({ service, type }, count)
    for (const [outcome, count] of outcomes) this.#calls.inc({ service, outcome }, count)
  }

  onFault(service: string): void {
    this.#faults.inc({ service: this.#label(service) })
  }

  #gauges(): void {
    const source = (): MetricsSource | null => this.#source
    const label = (id: string): string => this.#label(id)
    const registers = [this.#registry]
    new Gauge({
      name: 'vms_services',
      help: 'Services of this host, by state',
      labelNames: ['state'],
      registers,
      collect() {
        this.reset()
        for (const { state } of source()?.services() ?? []) this.inc({ state })
      },
    })
    new Gauge({
      name: 'vms_ledger_entries',
      help: 'Entries of the ledger',
      labelNames: ['service'],
      registers,
      collect() {
        this.reset()
        for (const { id, entries } of source()?.services() ?? [])
          this.inc({ service: label(id) }, entries)
      },
    })
    new Gauge({
      name: 'vms_queued_requests',
      help: 'Requests that wait to be executed',
      labelNames: ['service'],
      registers,
      collect() {
        this.reset()
        for (const { id, queued } of source()?.services() ?? [])
          this.inc({ service: label(id) }, queued)
      },
    })
    new Gauge({
      name: 'vms_connections',
      help: 'Open connections, by what they are for',
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, count] of Object.entries(source()?.connections() ?? {}))
          this.set({ kind }, count)
      },
    })
    new Counter({
      name: 'vms_connections_cut_total',
      help: 'Connections that the host ended, by reason',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset()
        for (const [reason, count] of Object.entries(source()?.cuts() ?? {}))
          this.inc({ reason }, count)
      },
    })
    new Gauge({
      name: 'vms_machines',
      help: 'Machine processes that are running',
      registers,
      collect() {
        this.set(source()?.machines() ?? 0)
      },
    })
  }

  #labelOf(ledger: LedgerPort): string {
    const known = this.#known.get(ledger)
    if (known !== undefined) return known
    const label = this.#label(encodeKey(ledger.key))
    this.#known.set(ledger, label)
    return label
  }

  #label(id: string): string {
    if (this.#labels.has(id)) return id
    if (this.#labels.size >= METRICS_SERVICES) return 'other'
    this.#labels.add(id)
    return id
  }
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
