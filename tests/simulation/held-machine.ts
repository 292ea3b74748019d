/** The real machine in virtual time, which stands still while it works. */
import type { VirtualTime } from '@vms/host/testing'
import type { MachineAlarm, MachineRequest, Moment } from '@vms/sandbox'
import type { MachinePort } from '@vms/sandbox/execution'

/** What a machine is about to do. */
export type Work = 'boot' | 'init' | 'alarm' | 'run'

export class HeldMachine implements MachinePort {
  readonly #machine: MachinePort
  readonly #time: VirtualTime
  readonly #before: (what: Work) => Promise<void>

  constructor(machine: MachinePort, time: VirtualTime, before: (what: Work) => Promise<void>) {
    this.#machine = machine
    this.#time = time
    this.#before = before
  }

  get pid(): number | undefined {
    return this.#machine.pid
  }

  boot(moment: Moment) {
    return this.#held('boot', (machine) => machine.boot(moment))
  }

  init(moment: Moment) {
    return this.#held('init', (machine) => machine.init(moment))
  }

  alarm(alarm: MachineAlarm, group: number) {
    return this.#held('alarm', (machine) => machine.alarm(alarm, group))
  }

  run(requests: readonly MachineRequest[], group: number) {
    return this.#held('run', (machine) => machine.run(requests, group))
  }

  committed(position: number): void {
    this.#machine.committed(position)
  }

  close(): Promise<void> {
    return this.#time.hold(this.#machine.close())
  }

  async #held<T>(what: Work, work: (machine: MachinePort) => Promise<T>): Promise<T> {
    await this.#before(what)
    return this.#time.hold(work(this.#machine))
  }
}
