/** The place where a replay and the ledger differ. */
import type { BootEntry } from '@vms/format'
import type { Finding } from './finding.ts'

/** Engine of a boot entry. */
export type Engine = BootEntry['engine']

/** A difference, and the bytes of the replayed value: two replays with different bytes disagree with each other. */
export interface Divergence {
  readonly finding: Finding
  readonly replayed: Uint8Array
  /** Engine that the boot before the differing entry names. */
  readonly recordedOn: Engine | null
}
