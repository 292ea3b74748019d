/** Starting a service on an open ledger: the first group if there is none yet, and what the host must remember of the rest. */
import { type Crypto, PendingAlarms } from '@vms/format'
import { Ledger } from '@vms/ledger'
import { type ConsoleLine, Machine, type MachineOptions, type Spare } from '@vms/sandbox'
import { pendingAlarms } from './alarm-clock.ts'
import { EntryClock } from './clock.ts'
import { deploy } from './deploy.ts'
import { Epoch, type WorkWatch } from './epoch.ts'
import { FinalRefusals } from './final-refusals.ts'
import { lastMethods, lastTime, recall } from './history.ts'
import type { ServiceLimits } from './limits.ts'
import { machineOptions } from './machine-options.ts'
import type { Opened, OpeningPorts } from './opening.ts'
import type { HostOracles } from './oracles.ts'
import { ScriptTrail } from './script-trail.ts'
import { Service } from './service.ts'
import type { ServiceOptions } from './service-options.ts'

/** The engines behind the ports. Tests hand in others; nothing else should. */
export interface HostPorts extends OpeningPorts {
  readonly crypto: Crypto
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly startMachine: (options: MachineOptions, spare?: Spare) => Promise<Machine>
}

export interface StartingOptions
  extends Pick<
    ServiceOptions,
    | 'onFatal'
    | 'onFault'
    | 'fault'
    | 'onCommit'
    | 'glance'
    | 'gate'
    | 'yieldsMachine'
    | 'groupCalls'
    | 'observer'
  > {
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  readonly oracles: HostOracles
  /** Source map of the script, if it was bundled. */
  readonly map?: string | undefined
  readonly onConsole?: ((line: ConsoleLine) => void) | undefined
  /** Told once for each machine that was started, when its process has ended. */
  readonly onMachineEnd?: () => void
  /** Told when its machines work. */
  readonly work?: WorkWatch
  /** Executes nothing, and writes no entry of its own, until it is opened. */
  readonly hushed?: boolean
  /**
   * Boots no machine before the first call: the methods are those of the last boot, which the caller may know for a ledger
   * of this length. Without it the machine boots at once, and the entry that says so is durable when this resolves.
   */
  readonly lazy?: { readonly known: { length: number; methods: readonly string[] } | null }
}

/**
 * Deploys or restarts. Throws {@link ScriptFailedError} for a new script that fails; then nothing is committed. A service that is put
 * away reads no more of its files than what answers requests that were executed before.
 */
export async function startService(opened: Opened, options: StartingOptions): Promise<Service> {
  const { ledger, genesis, created } = opened
  const { ports, limits, oracles, map, onConsole, lazy } = options
  const { crypto, now } = ports
  const clock = new EntryClock(now, created ? 0 : await lastTime(ledger))
  const { fault = null } = options
  const trail =
    created || fault ? ScriptTrail.begun(genesis) : await ScriptTrail.of(ledger, genesis)
  const mapped = trail.current
  const final = await FinalRefusals.open(ledger.directory)
  final.advance(clock.last)
  const parts = { genesis, ledger, limits, oracles, onConsole }
  const runningCall = (position: number, call: number) => epoch.runningCall(position, call)
  const epoch: Epoch = new Epoch({
    start: (script) =>
      ports.startMachine(
        machineOptions({ ...parts, script, map: script === mapped ? map : undefined, runningCall }),
      ),
    crypto,
    ledgerKey: ledger.key,
    genesis,
    trail,
    clock,
    reason: created ? 'start' : 'restart',
    onReport: (text) => onConsole?.({ level: 'error', text }),
    ...(options.onMachineEnd && { onMachineEnd: options.onMachineEnd }),
    ...(options.work && { work: options.work }),
  })
  try {
    if (created) await deploy(ledger, genesis, epoch, clock, crypto)
    if (lazy && !created) epoch.methods = new Set(await methodsOf(ledger, lazy.known))
    const { onFatal, onFault, onCommit, glance, gate, yieldsMachine, groupCalls } = options
    const service = new Service({
      ledger,
      genesis,
      epoch,
      trail,
      alarms: fault ? new PendingAlarms() : await pendingAlarms(ledger.files),
      clock,
      final,
      crypto,
      limits,
      oracles,
      onFatal,
      onFault,
      fault,
      ...(onCommit && { onCommit }),
      ...(glance && { glance }),
      ...(gate && { gate }),
      ...(yieldsMachine && { yieldsMachine }),
      ...(groupCalls && { groupCalls }),
      observer: options.observer,
    })
    await recall(ledger, service.guard, crypto, genesis.window)
    if (!created) {
      // The last boot failed: without methods no call gets in that could trigger a boot. A hushed service writes no entry.
      const mustBoot = epoch.methods.size === 0 && !options.hushed
      if (!fault && (!lazy || mustBoot)) await service.restart()
    }
    if (!options.hushed) service.open()
    return service
  } catch (error) {
    await epoch.close()
    throw error
  }
}

const methodsOf = async (
  ledger: Ledger,
  known: { length: number; methods: readonly string[] } | null,
): Promise<readonly string[]> =>
  known?.length === ledger.length ? known.methods : lastMethods(ledger)

/** The ports of every host that is no test's. */
export const enginePorts = (crypto: Crypto): HostPorts => ({
  crypto,
  now: Date.now,
  startMachine: (machine, spare) => Machine.start(machine, spare),
  openLedger: (...given) => Ledger.open(...given),
  createLedger: (...given) => Ledger.create(...given),
})
