/** How a service among many starts: with the shared parts of its host, and a machine only at its turn. */
import type { MachineOptions } from '@vms/sandbox'
import type { StartingOptions } from '../opening/starting.ts'
import { HostOracles } from '../oracles/oracles.ts'
import { GROUP_CALLS, GROUP_SHARED_CALLS } from '../settings/limits.ts'
import type { HostedOptions } from './hosted-options.ts'
import type { MachineUser } from './machines.ts'
import { Weight } from './weight.ts'

/** The parts of this service. */
export interface HostedStart
  extends Pick<StartingOptions, 'onFault' | 'onCommit' | 'fault' | 'lazy' | 'hushed'> {
  readonly user: MachineUser
  /** Bytes that the service has stored. */
  readonly storedBytes: () => number
}

export function hostedStarting(
  { ports, limits, machines, spare, onFatal, onConsole, id, observer, glance, gate }: HostedOptions,
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
    oracles: new HostOracles({ functions: {}, limits }),
    onConsole: (line) => onConsole(id, line),
    onFatal,
    onMachineEnd: () => machines.release(user),
    work: new Weight(),
    yieldsMachine: () => machines.mustYield(user),
    glance,
    groupCalls: () => (machines.live > 1 ? GROUP_SHARED_CALLS : GROUP_CALLS),
    gate: (request, caller) => gate(request, caller, storedBytes()),
    observer,
  }
}
