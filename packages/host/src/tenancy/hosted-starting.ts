/** How a service among many starts: with the shared parts of its host, and a machine only at its turn. */
import type { MachineOptions } from '@vms/sandbox'
import type { StartingOptions } from '../opening/starting.ts'
import { HostOracles } from '../oracles/oracles.ts'
import { GROUP_CALLS, GROUP_SHARED_CALLS } from '../settings/limits.ts'
import { CpuPriority } from './cpu-priority.ts'
import type { HostedOptions } from './hosted-options.ts'
import type { WorkerUser } from './worker-pool.ts'

/** The parts of this service. */
export interface HostedStart
  extends Pick<StartingOptions, 'onFault' | 'onCommit' | 'fault' | 'lazy' | 'alarmsPaused'> {
  readonly user: WorkerUser
  /** Bytes that the service has stored. */
  readonly storedBytes: () => number
}

export function hostedStarting(
  {
    ports,
    limits,
    machines,
    spare,
    onFatal,
    onConsole,
    id,
    observer,
    precheck,
    authorize,
  }: HostedOptions,
  { user, storedBytes, ...own }: HostedStart,
): StartingOptions {
  const startMachine = async (options: MachineOptions) => {
    await machines.take(user)
    try {
      const machine = await ports.startMachine(options, spare)
      machines.started(user)
      return machine
    } catch (error) {
      machines.release(user)
      throw error
    }
  }
  return {
    ...own,
    ports: { ...ports, startMachine },
    limits,
    oracles: new HostOracles({ functions: {}, limits, timers: ports.timers }),
    onConsole: (line) => onConsole(id, line),
    onFatal,
    onMachineEnd: () => machines.release(user),
    work: new CpuPriority(ports.timers),
    yieldsMachine: () => machines.mustYield(user),
    precheck,
    groupCalls: () => (machines.live > 1 ? GROUP_SHARED_CALLS : GROUP_CALLS),
    authorize: (request, caller) => authorize(request, caller, storedBytes()),
    observer,
  }
}
