/** Skipping a test in sight: CI, which must be able to run them all, fails on any that was skipped. */
import type { TestContext } from 'vitest'

/** Skips, and says what was not tested and why where it is read. */
export function skipLoudly(context: TestContext, why: string): void {
  console.warn(`\n*** NOT TESTED: ${context.task.name}\n*** ${why}\n`)
  context.skip(why)
}
