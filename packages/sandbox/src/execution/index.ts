/** Executes a service's entries. Host and auditor share it. */
export type { Derivation } from './commands.ts'
export {
  type AlarmEvent,
  type BootEvent,
  type CallsEvent,
  type Event,
  eventOf,
  type InitEvent,
  type Place,
  requestEvent,
  type SignedRequest,
  type UpgradeEvent,
} from './event.ts'
export { Execution, type ExecutionOptions, type WorkWatch } from './execution.ts'
export { machineOptions, type ServiceMachine } from './machine-options.ts'
export type { MachinePort } from './machine-port.ts'
export {
  alarmDueAt,
  type BootReason,
  begin,
  bootDue,
  callsLeft,
  type Epoch,
  type ExecutionSettings,
  type ExecutionState,
  resume,
  withoutMachine,
} from './state.ts'
export {
  applyAlarm,
  applyBoot,
  applyCalls,
  applyInit,
  applyUpgrade,
  type ExecutedEntry,
  type Step,
} from './transition.ts'
