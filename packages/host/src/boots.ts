/** Boots of a service: which one is due, of which script, and what it leaves behind. */
import type { BootEntry, Entry, FileChange } from '@vms/format'
import type { EntryClock } from './clock.ts'
import type { Epoch } from './epoch.ts'
import type { ScriptTrail } from './script-trail.ts'

/** At most one boot entry, and what it changes in the files. */
export interface Booted {
  readonly boot: BootEntry[]
  readonly changes: FileChange[]
}

export const NO_BOOT: Booted = { boot: [], changes: [] }

/** Whether an entry takes an upgrade into effect, or drops it: such a boot is a group of its own. */
export const isUpgradeBoot = (entry: Entry | undefined): boolean =>
  entry?.type === 'boot' && entry.reason === 'upgrade'

export class Boots {
  #epoch: Epoch
  #trail: ScriptTrail
  #clock: EntryClock
  /** Whether an upgrade came to nothing, so that the script before it has to boot again. */
  again = false

  constructor(parts: { epoch: Epoch; trail: ScriptTrail; clock: EntryClock }) {
    this.#epoch = parts.epoch
    this.#trail = parts.trail
    this.#clock = parts.clock
  }

  /** Whether one has to come before anything runs. */
  get due(): boolean {
    return this.#epoch.bootDue || this.#trail.isDue(this.#clock.peek())
  }

  /** Boots, as the entry at `position`. Rejects if the machine was lost to a backstop, or could not be started. */
  async boot(position: number): Promise<Booted> {
    this.again = false
    const boot = await this.#epoch.boot(position)
    const changes = this.#trail.booted(boot, position)
    this.again = isUpgradeBoot(boot) && this.#epoch.bootDue
    return { boot: [boot], changes }
  }
}
