/**
 * Runs the tests of the language of test262 instrumented and bare, and compares: instrumentation must change nothing that a script can
 * tell.
 *
 *     VMS_TEST262=folder node --no-node-snapshot scripts/test262.ts [part of a path] [--write]
 *
 * Tests of sloppy code and of modules are left out: a script is the body of a strict function. What differs by design stands in
 * test262/expected.json with the reasons; anything else is a failure. `--write` notes the counts there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { runInCell } from '../packages/sandbox/test/transform/cell.ts'
import { commit, harnessOf, passes, suiteFolder, type Test, testsIn } from './test262/suite.ts'

interface Expected {
  commit: string
  counts: Counts
  /** Reason → paths, or beginnings of paths. */
  differences: Record<string, string[]>
}

interface Counts {
  tests: number
  passBoth: number
  failBoth: number
  differ: number
  /** By what the instrumenter says: these are not compared. */
  refused: Record<string, number>
}

const expectedFile = new URL('test262/expected.json', import.meta.url)
const expected = JSON.parse(readFileSync(expectedFile, 'utf8')) as Expected
const args = process.argv.slice(2)
const filter = args.find((arg) => !arg.startsWith('--')) ?? ''
const folder = suiteFolder()
const counts: Counts = { tests: 0, passBoth: 0, failBoth: 0, differ: 0, refused: {} }
const unexpected: string[] = []
const known = new Set<string>()

for (const test of testsIn(folder, filter)) compare(test)
process.stdout.write(`${JSON.stringify(counts)}\n`)
for (const line of unexpected) process.stdout.write(`differs: ${line}\n`)
const stale =
  filter === ''
    ? Object.values(expected.differences)
        .flat()
        .filter((path) => !known.has(path))
    : []
for (const path of stale) process.stdout.write(`no longer differs: ${path}\n`)
if (args.includes('--write')) {
  writeFileSync(expectedFile, `${JSON.stringify({ ...expected, commit, counts }, null, 2)}\n`)
}
process.exitCode = unexpected.length + stale.length === 0 ? 0 : 1

function compare(test: Test): void {
  const before = harnessOf(folder, test)
  const instrumented = runInCell(test.source, { before, instrumented: true })
  counts.tests += 1
  if (instrumented.end === 'compile' && instrumented.name === 'refused') {
    counts.refused[instrumented.message] = (counts.refused[instrumented.message] ?? 0) + 1
    return
  }
  const bare = runInCell(test.source, { before, instrumented: false })
  const passedBare = passes(test, bare)
  const passed = passes(test, instrumented)
  if (passedBare === passed) {
    if (passed) counts.passBoth += 1
    else counts.failBoth += 1
    return
  }
  counts.differ += 1
  const reason = Object.values(expected.differences)
    .flat()
    .find((path) => test.path.startsWith(path))
  if (reason !== undefined) {
    known.add(reason)
    return
  }
  const { end, name, message } = passed ? bare : instrumented
  unexpected.push(
    `${test.path}: ${passed ? 'only instrumented' : 'only bare'} passes: ${end} ${name} ${message}`,
  )
}
