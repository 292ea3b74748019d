/**
 * A rehearsal: runs a script's calls plainly and then again under perturbation, with no ledger, and says where two runs first part.
 * An audit finds out only afterwards that a script is nondeterministic. A rehearsal finds out before anyone relies on the script.
 */
import {
  type MachineOptions,
  type Perturbation,
  perturbationsHere,
  perturbed,
  underLoad,
} from '@vms/sandbox'
import type { RehearsalCall } from './rehearsal-call.ts'
import { type Difference, firstDifference } from './rehearsal-difference.ts'
import { perform, type RehearsedRun } from './rehearsal-run.ts'

export interface RehearsalOptions {
  readonly script: { readonly name: string; readonly source: string }
  /** Chooses the calls after the script has booted. Calls of methods that the script lacks are left out. */
  readonly plan: (methods: readonly string[]) => readonly RehearsalCall[]
  /** Time of the boot and of init, in milliseconds since 1970. */
  readonly time: number
  /** Key of the ledger that recorded the calls: the rehearsal derives their randomness from it. Default: 32 zeros. */
  readonly ledgerKey?: Uint8Array
  /** Perturbations to try. Default: all that this engine supports. */
  readonly perturbations?: readonly Perturbation[]
  readonly onProgress?: (progress: RehearsalProgress) => void
  readonly signal?: AbortSignal
  /** Further options of the machines, for tests. */
  readonly machine?: Partial<Pick<MachineOptions, 'childModule' | 'service'>>
}

export interface RehearsalProgress {
  /** The perturbation of the run; null for the plain run. */
  readonly perturbation: string | null
  readonly runsDone: number
  readonly runs: number
}

export interface RehearsalReport {
  /** The plain run. */
  readonly plain: RehearsedRun
  /** Names of the perturbations whose runs agreed with the plain run. */
  readonly agreed: readonly string[]
  /** Names and messages of runs whose machine hit a backstop: their results do not count. */
  readonly unclear: readonly { readonly perturbation: string; readonly why: string }[]
  /** Where a run first differed from the plain one. The remaining perturbations were not tried then. */
  readonly difference: (Difference & { readonly perturbation: string }) | null
}

/** Rejects if machines cannot be started, or with the signal's reason. */
export async function rehearse(options: RehearsalOptions): Promise<RehearsalReport> {
  const { script, plan, time, signal, onProgress } = options
  const ways = await perturbationsHere(options.perturbations)
  const { ledgerKey = new Uint8Array(32) } = options
  const run = { script, ledgerKey, time, signal }
  const machine = options.machine ?? {}
  const progress = (perturbation: string | null, runsDone: number): void =>
    onProgress?.({ perturbation, runsDone, runs: ways.length + 1 })
  progress(null, 0)
  const plain = await perform({ ...run, machine, plan })
  const agreed: string[] = []
  const unclear: { perturbation: string; why: string }[] = []
  if (plain.refused !== null || plain.boot?.outcome.status !== 'returned') {
    return { plain, agreed, unclear, difference: null }
  }
  for (const [i, how] of ways.entries()) {
    progress(how.name, i + 1)
    const again = await underLoad(how.load ?? 0, () =>
      perform({ ...run, machine: perturbed(machine, how), plan: () => plain.calls }),
    )
    const difference = firstDifference(plain, again)
    if (difference)
      return { plain, agreed, unclear, difference: { ...difference, perturbation: how.name } }
    if (again.refused !== null) unclear.push({ perturbation: how.name, why: again.refused })
    else agreed.push(how.name)
  }
  return { plain, agreed, unclear, difference: null }
}
