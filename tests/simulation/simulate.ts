/** Runs a plan: a whole history of a host and its callers, in virtual time, and what has to hold at its end. */
import { verifyReceipt } from '@vms/client'
import { type Crypto, PendingAlarms } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { MemoryStore, VirtualTime } from '@vms/host/testing'
import type { GenesisOf } from '@vms/ledger'
import { scriptOf } from '@vms/sandbox/testing'
import { type Random, seededRandom } from '../harness/random.ts'
import { Caller } from './caller.ts'
import { checkAudit, checkCalls, shown } from './checks.ts'
import { type Disk, MemoryDisk, StoreDisk } from './disk.ts'
import { HostProcess, type PlantedFault, type World } from './host-process.ts'
import { Network } from './network.ts'
import type { Event, Plan, PlannedEvent } from './plan.ts'
import { makeSite, type Site } from './site.ts'

export interface Simulated {
  /** What does not hold; null if all does. */
  readonly wrong: string | null
  /** What the ledgers hold, a line for each entry. */
  readonly ledgers: readonly (readonly string[])[]
  /** Requests that were acknowledged, and events that ran. */
  readonly acknowledged: number
  readonly events: number
}

const BEGIN = Date.UTC(2026, 0, 1)

/** Milliseconds after which all requests are over: the longest lifetime, and the time that the host may be down. */
const END_MS = 600_000

/** Events of one history: one that goes on for ever fails. */
const MOST_EVENTS = 200_000

/** Milliseconds by which a disk of a host that replies too early is late. */
const LATE_MS = 200

export async function simulate(
  plan: Plan,
  {
    fault = null,
    real = false,
  }: { readonly fault?: PlantedFault | null; readonly real?: boolean } = {},
): Promise<Simulated> {
  await clientLoaded()
  const { without } = PendingAlarms.prototype
  try {
    if (fault === 'alarm not consumed')
      PendingAlarms.prototype.without = function () {
        return this
      }
    const history = new History(plan, fault, real)
    const wrong = await history.run()
    PendingAlarms.prototype.without = without
    return await history.end(wrong)
  } finally {
    PendingAlarms.prototype.without = without
  }
}

/** The client loads the part of it that verifies when it is needed first, which takes real time. */
const clientLoaded = async (): Promise<void> => {
  await verifyReceipt(new Uint8Array()).catch(() => {})
}

class History {
  readonly #plan: Plan
  readonly #time = new VirtualTime(BEGIN)
  readonly #crypto: Crypto
  readonly #world: World
  readonly #network: Network
  readonly #callers: Caller[]
  readonly #owners = new Map<Site, Caller>()
  #process: HostProcess
  #wrong: string | null = null
  #events = 0
  #marks = 0

  constructor(plan: Plan, fault: PlantedFault | null, real: boolean) {
    this.#plan = plan
    const random = seededRandom(plan.seed ^ 0x5eed)
    this.#crypto = seededCrypto(random.fork())
    const isStored = real && !plan.events.some(({ event }) => event.kind === 'lie')
    const disk = (genesis: GenesisOf): Disk => {
      if (isStored) return new StoreDisk(sodiumCrypto, genesis, this.#time)
      const isLate = fault === 'reply before sync'
      return new MemoryDisk(
        isLate
          ? new LateStore(this.#time, this.#crypto, genesis)
          : new MemoryStore(this.#crypto, genesis),
      )
    }
    this.#world = {
      crypto: this.#crypto,
      time: this.#time,
      random,
      sites: plan.programs.map((_, i) => makeSite(this.#crypto, plan, i, real, disk)),
      fault,
      real,
      clockMs: 0,
      engine: 0,
      nextMark: () => `call ${++this.#marks}`,
      onEnd: (process, downMs) => this.#ended(process, downMs),
      onWrong: (what) => {
        this.#wrong ??= what
      },
    }
    this.#process = new HostProcess(this.#world)
    this.#network = new Network(this.#world, () => this.#process)
    this.#callers = Array.from(
      { length: plan.clients },
      () => new Caller(this.#world, this.#network),
    )
    for (const site of this.#world.sites)
      this.#owners.set(site, new Caller(this.#world, this.#network, site.owner))
  }

  async run(): Promise<string | null> {
    void this.#process.start()
    for (const planned of this.#plan.events)
      this.#time.after(planned.at, () => this.#happens(planned))
    const end = BEGIN + END_MS
    this.#events = await this.#time.run(
      () => this.#time.now >= end || (this.#allOver && this.#time.now > BEGIN + 60_000),
      MOST_EVENTS,
    )
    if (this.#events >= MOST_EVENTS) return 'the history does not end'
    return this.#wrong
  }

  async end(wrong: string | null): Promise<Simulated> {
    const sent = this.#sent
    for (const caller of [...this.#callers, ...this.#owners.values()]) caller.close()
    this.#process.end(false)
    let found = wrong
    const ledgers: (readonly string[])[] = []
    for (const site of this.#world.sites) {
      const own = sent.filter((one) => one.site === site)
      const ledger = await site.disk.read()
      const blocks = ledger?.blocks ?? []
      ledgers.push(shown(blocks))
      found ??= checkCalls(this.#crypto, site, own, blocks)
      if (ledger) found ??= await checkAudit(this.#crypto, site, own, ledger, this.#world.real)
      await site.disk.close()
    }
    return {
      wrong: found,
      ledgers,
      acknowledged: sent.filter(({ result }) => result?.kind === 'acknowledged').length,
      events: this.#events,
    }
  }

  get #sent() {
    return [...this.#callers, ...this.#owners.values()].flatMap(({ sent }) => sent)
  }

  get #allOver(): boolean {
    return this.#process.up && this.#sent.every(({ result }) => result)
  }

  #ended(process: HostProcess, downMs: number): void {
    if (process !== this.#process) return
    this.#network.cut()
    this.#time.after(downMs, () => this.#startAgain())
  }

  #startAgain(): void {
    this.#process = new HostProcess(this.#world)
    void this.#process.start()
  }

  #happens({ service, event }: PlannedEvent): void {
    const site = this.#world.sites[service]
    if (site) this.#happensTo(site, event)
  }

  #happensTo(site: Site, event: Event): void {
    switch (event.kind) {
      case 'request':
        this.#callers[event.client]?.call(site, event.calls, event.lifetime)
        break
      case 'upgrade':
        this.#owners.get(site)?.upgrade(site, scriptOf(event.program))
        break
      case 'cut':
        this.#callers[event.client]?.cut()
        break
      case 'kill':
        this.#process.kill(event.power, event.downMs)
        break
      case 'kill-at':
        this.#process.killAt = event
        break
      case 'restart':
        void this.#restart(event)
        break
      case 'backup':
        this.#backUp(site)
        break
      case 'restore':
        void this.#restore(site, event.downMs)
        break
      case 'disk':
        this.#process.diskFails = event
        break
      case 'clock':
        this.#world.clockMs += event.byMs
        break
      case 'machine':
        this.#process.machineFails = event.how
        break
      case 'lie':
        site.lie = event.lie
        break
      default:
        event satisfies never
    }
  }

  #backUp(site: Site): void {
    const restore = site.disk.backup()
    if (restore) site.backup = { restore, refusals: new Map(site.refusals) }
  }

  /** All that happened since the backup is lost, and callers who know of it will not go on. */
  async #restore(site: Site, downMs: number): Promise<void> {
    const process = this.#process
    const { backup, refusals } = site
    if (!process.up || !backup) return
    await process.stop()
    const length = backup.restore()
    refusals.clear()
    for (const [id, refusal] of backup.refusals) refusals.set(id, refusal)
    site.restores.push({ at: this.#time.now, length })
    process.kill(false, downMs)
  }

  async #restart({ engine, downMs }: { engine: number; downMs: number }): Promise<void> {
    const process = this.#process
    if (!process.up) return
    await process.stop()
    this.#world.engine = engine
    process.kill(false, downMs)
  }
}

/** A disk that says that it has synced before it has. */
class LateStore extends MemoryStore {
  readonly #time: VirtualTime

  constructor(time: VirtualTime, crypto: Crypto, genesis: GenesisOf) {
    super(crypto, genesis)
    this.#time = time
  }

  override sync(): void {
    const count = this.groups.length
    this.#time.after(LATE_MS, () => {
      if (this.groups.length >= count) super.sync()
    })
  }
}

/** Keys and nonces that the seed decides. */
function seededCrypto(random: Random): Crypto {
  const randomBytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => random.below(256))
  return {
    ...sodiumCrypto,
    randomBytes,
    keyPair: (seed = randomBytes(32)) => sodiumCrypto.keyPair(seed),
  }
}
