/** The static part of a check: reads a script, but does not run it. */
import { analyseScript } from './analysis.ts'
import type { FoundAt } from './finding.ts'
import { findFloating } from './floating.ts'
import { findModuleState } from './module-state.ts'
import { findRefused } from './refused.ts'

/** The findings in the text that runs, in its order. */
export function checkText(source: string): FoundAt[] {
  const analysis = analyseScript(source)
  return [...findRefused(analysis), ...findModuleState(analysis), ...findFloating(analysis)].sort(
    (a, b) => a.start - b.start,
  )
}
