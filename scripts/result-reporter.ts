/**
 * Counts what the test run did, says loudly which tests did not run, and leaves the counts for `scripts/test.ts`.
 *
 * A skipped test proves nothing: on a person's machine it is named at the end of the run, and where CI is set
 * it fails the run.
 */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** What a run of the tests came to. A file that does not load and a stray rejection count as failed. */
export type TestCounts = { passed: number; failed: number; skipped: string[] }

export class ResultReporter implements Reporter {
  #filtered = false

  onInit(vitest: Vitest): void {
    // With -t everything else is skipped on purpose.
    this.#filtered = vitest.config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly unknown[]): void {
    const counts = count(modules)
    counts.failed += strayErrors.length
    const inCi = process.env['CI'] !== undefined && process.env['CI'] !== ''
    if (counts.skipped.length > 0 && !this.#filtered) {
      console.error(
        `\n!! ${counts.skipped.length} TESTS DID NOT RUN${inCi ? ', which fails this run' : ''}:`,
      )
      for (const name of counts.skipped) console.error(`!!   ${name}`)
      if (inCi) process.exitCode = 1
    }
    const file = process.env['VMS_TEST_COUNTS']
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
  }
}

function count(modules: readonly TestModule[]): TestCounts {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: [] }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') counts.passed++
      else if (state === 'failed') counts.failed++
      else counts.skipped.push(describe(module, test))
    }
  }
  return counts
}

function describe(module: TestModule, test: TestCase): string {
  const { note } = test.result() as { note?: string }
  return `${module.relativeModuleId} > ${test.fullName}${note === undefined ? '' : ` (${note})`}`
}
