/** Real machines whose reports a test alters before the host gets them: what a process says that was taken over and is believed. */
import { Machine } from '@vms/sandbox'

type Report<Name extends 'boot' | 'run' | 'alarm'> = Awaited<ReturnType<Machine[Name]>>

/** What becomes of reports. Each gets the real one. */
export interface Lies {
  boot?: (report: Report<'boot'>) => unknown
  run?: (report: Report<'run'>) => unknown
  alarm?: (report: Report<'alarm'>) => unknown
}

export class LyingMachines {
  /** By the title of the service; changed by a test at any time. */
  readonly lies = new Map<string, Lies>()

  readonly startMachine = async (
    ...options: Parameters<typeof Machine.start>
  ): Promise<Machine> => {
    const machine = await Machine.start(...options)
    const { title } = options[0].info
    for (const name of ['boot', 'run', 'alarm'] as const) {
      const honest = machine[name].bind(machine) as (...args: unknown[]) => Promise<never>
      Object.assign(machine, {
        [name]: async (...args: unknown[]) => {
          const report = await honest(...args)
          const lie = this.lies.get(title)?.[name] as ((report: unknown) => unknown) | undefined
          return lie ? lie(report) : report
        },
      })
    }
    return machine
  }
}
