/** One life of the simulated host: from its start to its end, which may come at any wait. */
import type { Crypto } from '@vms/format'
import { MemoryRefusals, type VirtualTime } from '@vms/host/testing'
import { type Committed, type Group, LedgerError, type LedgerPort } from '@vms/ledger'
import {
  currentSemantics,
  enginesOf,
  Machine,
  type MachineOptions,
  SandboxError,
} from '@vms/sandbox'
import type { MachinePort } from '@vms/sandbox/execution'
import { ScriptedMachine } from '@vms/sandbox/testing'
import { startService } from '../../packages/host/src/opening/starting.ts'
import { HostOracles } from '../../packages/host/src/oracles/oracles.ts'
import { SERVICE_LIMITS } from '../../packages/host/src/settings/limits.ts'
import type { Random } from '../harness/random.ts'
import { HeldMachine, type Work } from './held-machine.ts'
import { injectLie } from './lies.ts'
import type { Stage } from './plan.ts'
import type { Site } from './site.ts'

/** What a fault of ours would be like: each has to be found. */
export type PlantedFault = 'reply before sync' | 'epoch miscounted' | 'alarm not consumed'

export interface World {
  readonly crypto: Crypto
  readonly time: VirtualTime
  readonly random: Random
  readonly sites: readonly Site[]
  readonly fault: PlantedFault | null
  /** Whether the real machine runs the programs. */
  readonly real: boolean
  /** By how much the host's clock is ahead, in milliseconds. */
  clockMs: number
  /** Number of the engine that the host has now. */
  engine: number
  /** Text that tells one call from all others. */
  readonly nextMark: () => string
  /** A life of the host has ended by itself, or does not work as it should. */
  readonly onEnd: (process: HostProcess, downMs: number) => void
  readonly onWrong: (what: string) => void
}

/** Milliseconds that a disk or a machine takes at most. */
const SLOW_MS = 20

const never = new Promise<never>(() => {})

export class HostProcess {
  alive = true
  /** Whether it takes requests. */
  up = false
  readonly #world: World
  /** Where it is to be killed. */
  killAt: { stage: Stage; power: boolean; downMs: number } | null = null
  diskFails: { stage: 'write' | 'sync'; downMs: number } | null = null
  machineFails: 'dies' | 'refuses' | null = null
  #restartMs = 0
  /** Real processes, which end with it. */
  readonly #machines: Machine[] = []

  constructor(world: World) {
    this.#world = world
  }

  async start(): Promise<void> {
    try {
      for (const site of this.#world.sites) await this.#startSite(site)
      this.up = true
    } catch (error) {
      // The storage failed while it started, or the machine's process was ended: the next start tries again.
      if (this.alive && !isStorage(error) && !isDeadMachine(error))
        this.#world.onWrong(`does not start: ${error}`)
      this.end(false)
    }
  }

  /** The operator stops it. */
  async stop(): Promise<void> {
    this.up = false
    for (const { service } of this.#world.sites) await service?.close()
    for (const { service } of this.#world.sites) await service?.ledger.close()
  }

  /** It is killed, or ends itself. `power`: the power of the computer fails too. */
  end(power: boolean): void {
    if (!this.alive) return
    this.alive = false
    this.up = false
    const { sites, random, time } = this.#world
    for (const machine of this.#machines) void time.hold(machine.close())
    for (const site of sites) {
      site.service = null
      site.disk.end((written) => (power ? random.below(written + 1) : written))
    }
    this.#world.onEnd(this, this.#restartMs)
  }

  kill(power: boolean, downMs: number): void {
    this.#restartMs = downMs
    this.end(power)
  }

  async #startSite(site: Site): Promise<void> {
    const { crypto, time, fault } = this.#world
    const ledger = tampered(site, await site.disk.open((stage, waits) => this.#at(stage, waits)))
    if (!this.alive) return
    const created = ledger.length === 0
    site.genesis = site.genesisOf(ledger.manifest.signer)
    const miscounts = fault === 'epoch miscounted' && !created
    const epochCalls = site.genesis.epochCalls + (miscounts ? 1 : 0)
    const opened = { ledger, genesis: { ...site.genesis, epochCalls }, keys: site.keys, created }
    const functions = { rate: (argument: number) => argument * 7 + (time.now % 10) }
    const service = await startService(opened, {
      ports: {
        crypto,
        now: () => time.now + this.#world.clockMs,
        timers: time.timers(() => this.alive),
        startMachine: (options) => this.#startMachine(options),
        openRefusals: async () => new MemoryRefusals(site.refusals, () => this.#at('refusal')),
        openLedger: () => Promise.reject(new Error('it is open')),
        createLedger: () => Promise.reject(new Error('it is open')),
      },
      limits: SERVICE_LIMITS,
      oracles: new HostOracles({
        functions,
        limits: SERVICE_LIMITS,
        timers: time.timers(() => this.alive),
      }),
      observer: undefined,
      onFatal: () => this.end(false),
      onFault: ({ code, reason }) => this.#world.onWrong(`faulted: ${code} ${reason}`),
    })
    if (!this.alive) return
    site.service = service
  }

  async #startMachine(options: MachineOptions): Promise<MachinePort> {
    const { crypto, time, engine, real } = this.#world
    const hooks = {
      before: (what: Work) => this.#beforeWork(what),
      refuses: () => {
        const refuses = this.machineFails === 'refuses'
        if (refuses) this.machineFails = null
        return refuses
      },
    }
    if (real) {
      const machine = await time.hold(Machine.start(options))
      this.#machines.push(machine)
      return new HeldMachine(machine, time, hooks.before)
    }
    const scriptHash = crypto.sha256(new TextEncoder().encode(options.script))
    return new ScriptedMachine({ ...options, ...hooks, engine: engineOf(engine), scriptHash })
  }

  async #beforeWork(what: Work): Promise<void> {
    await this.#at(what === 'init' ? 'run' : what)
    if (this.machineFails !== 'dies' || what === 'boot') return
    this.machineFails = null
    throw new SandboxError('ERR_VMS_MACHINE_DEAD', 'the process has ended')
  }

  /** It waits here for the disk or the machine, and may end here. */
  async #at(stage: Stage, waits = true): Promise<void> {
    if (!this.alive) return never
    const { time, random } = this.#world
    if (this.killAt?.stage === stage) {
      const { power, downMs } = this.killAt
      this.kill(power, downMs)
      return never
    }
    if (this.diskFails?.stage === stage) {
      this.#restartMs = this.diskFails.downMs
      this.diskFails = null
      throw new LedgerError('ERR_VMS_COMMIT_FAILED', 'the disk failed')
    }
    if (waits) await time.sleep(random.below(SLOW_MS))
    if (!this.alive) return never
  }
}

const isStorage = (error: unknown): boolean =>
  error instanceof LedgerError && error.code === 'ERR_VMS_COMMIT_FAILED'

const isDeadMachine = (error: unknown): boolean =>
  error instanceof SandboxError && error.code === 'ERR_VMS_MACHINE_DEAD'

/** The identity of a listed engine, with details that excuse nothing. */
export function engineOf(number: number) {
  const listed = enginesOf(currentSemantics)
  const { v8, unicode, arch } = listed[number % listed.length] as (typeof listed)[number]
  return { v8: `${v8}.1`, icu: '1', unicode, tz: '1', arch }
}

/** The ledger of a host that tells the lie of the plan as soon as it can. */
function tampered(site: Site, ledger: LedgerPort): LedgerPort {
  const commit = (group: Group): Promise<Committed> => {
    const injected = site.lie && injectLie(site.lie, group)
    if (!injected) return ledger.commit(group)
    site.lie = null
    site.injected = injected
    // Without the encodings of the honest entries.
    const { entries, changes } = injected.group
    return ledger.commit({ entries, changes })
  }
  return new Proxy(ledger, {
    get(target, name) {
      if (name === 'commit') return commit
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
