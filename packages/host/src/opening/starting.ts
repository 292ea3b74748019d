/** Starts a service on an open ledger: deploys the script to an empty one, and otherwise restores the state of the service from its entries. */
import { type Crypto, firstTrail, PendingAlarms, type ScriptText } from '@vms/format'
import { Ledger, type LedgerPort, nodeTimers, type Timers } from '@vms/ledger'
import { type ConsoleLine, Machine, type MachineOptions, type WarmProcess } from '@vms/sandbox'
import {
  begin,
  Execution,
  type ExecutionState,
  type MachinePort,
  machineOptions,
  resume,
  type WorkWatch,
} from '@vms/sandbox/execution'
import type { HostOracles } from '../oracles/oracles.ts'
import { EntryClock } from '../platform/clock.ts'
import { FinalRefusals, type RefusalStore } from '../service/final-refusals.ts'
import { lastMethods, lastTime } from '../service/history.ts'
import { RunningCalls } from '../service/running-calls.ts'
import { Service } from '../service/service.ts'
import type { ServiceOptions } from '../service/service-options.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import { deploy } from './deploy.ts'
import type { Opened, OpeningPorts } from './opening.ts'
import { pendingAlarms, scriptTrail } from './resuming.ts'

/** The engines behind the ports. Only tests pass others. */
export interface HostPorts extends OpeningPorts {
  readonly crypto: Crypto
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timers: Timers
  readonly startMachine: (
    options: MachineOptions,
    warmProcess?: WarmProcess,
  ) => Promise<MachinePort>
  /** Opens the store of final refusals beside the ledger. */
  readonly openRefusals: (directory: string) => Promise<RefusalStore>
}

export interface StartingOptions
  extends Pick<
    ServiceOptions,
    | 'onFatal'
    | 'onFault'
    | 'fault'
    | 'onCommit'
    | 'precheck'
    | 'authorize'
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
  /** Called once for each started machine, when its process has ended. */
  readonly onMachineEnd?: () => void
  /** Observes when the machines of the service work. */
  readonly work?: WorkWatch
  /** Whether the service executes nothing, and writes no entry of its own, until it is opened. */
  readonly alarmsPaused?: boolean
  /**
   * Whether to boot no machine before the first call. The methods are then those of the last boot, which the caller may know for a ledger
   * of this length. Without this option the machine boots at once, and its boot entry is durable when the start resolves.
   */
  readonly lazy?: { readonly known: { length: number; methods: readonly string[] } | null }
}

/**
 * Deploys or restarts. Throws {@link ScriptFailedError} for a new script that fails; then nothing is committed. A faulted
 * service reads only what it needs to answer requests that it executed before.
 */
export async function startService<L extends LedgerPort>(
  opened: Opened<L>,
  options: StartingOptions,
): Promise<Service<L>> {
  const { ledger, genesis, created } = opened
  const { ports, limits, oracles, onConsole, lazy, fault = null } = options
  const { crypto, now, timers } = ports
  const clock = new EntryClock(now, created ? 0 : await lastTime(ledger))
  const running = new RunningCalls()
  const final = await ports.openRefusals(ledger.directory)
  final.advance(clock.last)
  const onReport = (text: string) => onConsole?.({ level: 'error', text })
  const state = created ? begin(genesis) : await resumed(opened, options)
  const execution = new Execution({
    crypto,
    ledgerKey: ledger.key,
    state,
    startMachine: machineStarter(opened, options, running, state.scripts.current),
    onReport,
    onMachineEnd: options.onMachineEnd,
    work: options.work,
  })
  try {
    if (created) await deploy(ledger, genesis, execution, clock)
    const { onFatal, onFault, onCommit, precheck, authorize, yieldsMachine, groupCalls } = options
    const service = new Service({
      ledger,
      genesis,
      execution,
      running,
      clock,
      timers,
      final,
      crypto,
      limits,
      oracles,
      onReport,
      onFatal,
      onFault,
      fault,
      ...(onCommit && { onCommit }),
      ...(precheck && { precheck }),
      ...(authorize && { authorize }),
      ...(yieldsMachine && { yieldsMachine }),
      ...(groupCalls && { groupCalls }),
      observer: options.observer,
    })
    if (!created) {
      await service.recallNewest()
      // The last boot failed. Without methods no call is admitted, so none could cause a boot. A paused service writes no entry.
      const mustBoot = service.methods.size === 0 && !options.alarmsPaused
      if (!fault && (!lazy || mustBoot)) await service.restart()
    }
    if (!options.alarmsPaused) service.open()
    return service
  } catch (error) {
    await execution.close()
    throw error
  }
}

/** A faulted service does not need its files. Methods are known in advance only if no machine boots at once. */
async function resumed(
  { ledger, genesis }: Opened<LedgerPort>,
  { fault, lazy }: StartingOptions,
): Promise<ExecutionState> {
  return resume({
    settings: genesis,
    scripts: fault ? firstTrail(genesis.script) : await scriptTrail(ledger, genesis),
    alarms: fault ? PendingAlarms.of([]) : await pendingAlarms(ledger.files),
    methods: new Set(lazy ? await methodsOf(ledger, lazy.known) : []),
  })
}

const methodsOf = async (
  ledger: LedgerPort,
  known: { length: number; methods: readonly string[] } | null,
): Promise<readonly string[]> =>
  known?.length === ledger.length ? known.methods : lastMethods(ledger)

/** `mapped`: the script that the source map belongs to. */
const machineStarter =
  (
    { ledger, genesis }: Opened<LedgerPort>,
    { ports, limits, oracles, map, onConsole }: StartingOptions,
    running: RunningCalls,
    mapped: ScriptText,
  ) =>
  (script: ScriptText): Promise<MachinePort> => {
    const { callCpuMs, callWallMs, memoryMiB } = limits
    return ports.startMachine(
      machineOptions(
        { genesis, script, filesKey: ledger.filesKey },
        {
          service: { callCpuMs, callWallMs, memoryMiB },
          files: ledger.files,
          oracle: oracles.open(genesis.limits.oracleResultBytes, running.at),
          ...(map !== undefined && script === mapped && { map }),
          ...(onConsole && { console: onConsole }),
        },
      ),
    )
  }

/** The ports of every host outside tests. */
export const enginePorts = (crypto: Crypto): HostPorts => ({
  crypto,
  now: Date.now,
  timers: nodeTimers,
  startMachine: (machine, warmProcess) => Machine.start(machine, warmProcess),
  openRefusals: (directory) => FinalRefusals.open(directory),
  openLedger: (...given) => Ledger.open(...given),
  createLedger: (...given) => Ledger.create(...given),
})
