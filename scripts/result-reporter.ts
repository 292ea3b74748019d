/**
 * Counts what the test run did, says loudly which tests did not run, which files took longest, and what the short form and the
 * long form leave to each other, and leaves the counts for `scripts/test.ts`.
 *
 * A skipped test proves nothing: on a person's machine it is named at the end of the run, and where CI is set
 * it fails the run.
 */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** What a run of the tests came to. A file that does not load and a stray rejection count as failed. */
export type TestCounts = { passed: number; failed: number; skipped: string[] }

/** Files that are named with their times. */
const NAMED_FILES = 10

export class ResultReporter implements Reporter {
  #filtered = false
  #files: readonly string[]
  #other: readonly string[]

  /** `files`: all test files of this form; `other`: those that only the other form runs. */
  constructor(files: readonly string[], other: readonly string[]) {
    this.#files = files
    this.#other = other
  }

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
    if (!this.#filtered && modules.length === this.#files.length) {
      tellSlowest(modules)
      tellLeft(modules, this.#other)
    }
    const file = process.env['VMS_TEST_COUNTS']
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
  }
}

function tellSlowest(modules: readonly TestModule[]): void {
  const seconds = (module: TestModule): number => module.diagnostic().duration / 1000
  const slowest = modules.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, NAMED_FILES)
  console.log('\nThe slowest files:')
  for (const module of slowest)
    console.log(`  ${seconds(module).toFixed(1).padStart(6)} s  ${module.relativeModuleId}`)
}

function tellLeft(modules: readonly TestModule[], other: readonly string[]): void {
  if (process.env['VMS_LONG'] === '1') {
    console.log(`\nLeft to npm test: ${other.length} files.`)
    return
  }
  const seed = process.env['VMS_SEED'] ?? '0'
  const parts = modules
    .map((module) => [module.relativeModuleId, leftBy(module)] as const)
    .filter(([, left]) => left !== '')
  console.log(
    `\nLeft to npm run test:long: ${other.length} files, and a part of ${parts.length} (VMS_SEED=${seed}):`,
  )
  for (const file of other) console.log(`  ${file}: all`)
  for (const [file, left] of parts) console.log(`  ${file}: ${left}`)
}

const leftBy = (module: TestModule): string =>
  Object.entries(module.meta().leftToLong ?? {})
    .filter(([, [left]]) => left > 0)
    .map(([what, [left, all]]) => `${left} of ${all} ${what}`)
    .join(', ')

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
