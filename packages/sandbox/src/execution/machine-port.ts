/** The machine as an execution uses it. Each method behaves as the method of {@link Machine}. */
import type {
  BootReport,
  CallResult,
  MachineAlarm,
  MachineRequest,
  Moment,
  RunReport,
} from '../protocol/types.ts'

export interface MachinePort {
  /** Id of the process, if there is one. */
  readonly pid: number | undefined
  boot(moment: Moment): Promise<BootReport>
  init(moment: Moment): Promise<CallResult | null>
  alarm(alarm: MachineAlarm, group: number): Promise<CallResult>
  run(requests: readonly MachineRequest[], group: number): Promise<RunReport>
  committed(position: number): void
  close(): Promise<void>
}
