/**
 * Finds where two runs of the same calls first differ: the call, the part of its outcome, and the last question to the host before that.
 */
import type { Value } from '@vms/format'
import type { TraceStep } from '@vms/sandbox'
import { compareValues } from '../compare/compare.ts'
import { compareOutcomes } from '../compare/outcomes.ts'
import type { Performed, RehearsedBoot, RehearsedRun } from './rehearsal-run.ts'

export interface Difference {
  /** Number of the call, from 0; null for the top level and for init. */
  readonly call: number | null
  /** Name of the method, `init`, or null for the top level. */
  readonly method: string | null
  /** The part of the outcome that differs, such as `value`; null if only the questions to the host differ. `path` gives the place in it. */
  readonly part: string | null
  readonly path: string | null
  readonly expected: string
  readonly got: string
  /** The first question to the host that differs, counted from 0; null if all are equal, and so the script alone caused the difference. */
  readonly step: {
    readonly number: number
    readonly expected: TraceStep | null
    readonly got: TraceStep | null
  } | null
  /** The last question that both runs asked alike. The difference comes after it. */
  readonly lastStep: TraceStep | null
}

/** Compares the runs up to the call at which one of them was refused. */
export function firstDifference(plain: RehearsedRun, again: RehearsedRun): Difference | null {
  const top = compareBoots(plain, again)
  if (top) return top
  if (plain.init && again.init) {
    const difference = compareCalls(plain.init, again.init, { call: null, method: 'init' })
    if (difference) return difference
  }
  for (const [call, expected] of plain.results.entries()) {
    const got = again.results[call]
    if (!got) return null
    const method = plain.calls[call]?.method ?? null
    const difference = compareCalls(expected, got, { call, method })
    if (difference) return difference
  }
  return null
}

interface Which {
  readonly call: number | null
  readonly method: string | null
}

function compareCalls(expected: Performed, got: Performed, which: Which): Difference | null {
  const at = firstStep(expected.steps, got.steps)
  const found = compareOutcomes(expected.outcome, got.outcome, {})
  if (!found && at === null) return null
  const step =
    at === null
      ? null
      : { number: at, expected: expected.steps[at] ?? null, got: got.steps[at] ?? null }
  return {
    ...which,
    part: found?.part ?? null,
    path: found?.path ?? null,
    expected: found?.expected ?? showStep(step?.expected),
    got: found?.got ?? showStep(step?.got),
    step,
    lastStep: expected.steps[(at ?? expected.steps.length) - 1] ?? null,
  }
}

/** Number of the first question or answer that differs. */
function firstStep(expected: readonly TraceStep[], got: readonly TraceStep[]): number | null {
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    const [a, b] = [expected[i], got[i]]
    if (a?.operation !== b?.operation || a?.subject !== b?.subject || a?.digest !== b?.digest)
      return i
  }
  return null
}

const showStep = (step: TraceStep | null | undefined): string =>
  step ? `${step.operation} ${step.subject ?? ''}`.trim() : 'nothing'

function compareBoots({ boot: a }: RehearsedRun, { boot: b }: RehearsedRun): Difference | null {
  if (!a || !b) return null
  const plain = (boot: RehearsedBoot): Value => {
    const { status, error, abort, fuel } = boot.outcome
    return {
      status,
      error,
      abort,
      fuel,
      methods: boot.methods,
      hasInit: boot.hasInit,
    } as unknown as Value
  }
  const found = compareValues(plain(a), plain(b), '$')
  return found && { ...found, call: null, method: null, part: 'boot', step: null, lastStep: null }
}
