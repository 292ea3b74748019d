/**
 * Everything that must hold before a change lands: types, lint, dead code, then the tests.
 *
 *     node scripts/test.ts [--checks] [vitest arguments…]
 *
 * All steps run even if one fails, so that one run tells everything. With `--checks` the tests themselves are
 * left out. Where VMS_TEST_SUMMARY names a file, the line `N passed, N failed` goes there: a failed step that
 * is not a test counts as one failure.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { TestCounts } from './result-reporter.ts'
import { provideSystemPrograms } from './system-programs.ts'

/** A run that hangs is ended and counts as failed: a machine that waits for ever tells nobody anything. */
const STEP_LIMIT_MS = 15 * 60_000

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')
const scratch = mkdtempSync(join(tmpdir(), 'vms-test-'))
const countsFile = join(scratch, 'counts.json')

const checks: { name: string; command: string[] }[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of the examples', command: ['tsc', '-p', 'examples/tsconfig.json'] },
  { name: 'types of the explorer', command: ['tsc', '-p', 'packages/explorer/src/page'] },
  { name: 'types of the example page', command: ['tsc', '-p', 'examples/rsvp-page/tsconfig.json'] },
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'dead code', command: ['knip'] },
]

const args = process.argv.slice(2)
const checksOnly = args.includes('--checks')
const vitestArgs = args.filter((arg) => arg !== '--checks')

const lines: string[] = []
let failedSteps = 0
for (const { name, command } of checks) await step(name, command)
const counts: TestCounts = { passed: 0, failed: 0, skipped: [] }
if (!checksOnly) await tests()
rmSync(scratch, { recursive: true, force: true })

const failed = counts.failed + failedSteps
console.log(`\n${lines.join('\n')}`)
const summaryFile = process.env['VMS_TEST_SUMMARY']
if (summaryFile !== undefined) {
  writeFileSync(summaryFile, `${counts.passed} passed, ${failed} failed\n`)
}
process.exitCode = failed === 0 ? 0 : 1

async function tests(): Promise<void> {
  provideSystemPrograms()
  const code = await run('tests', ['vitest', 'run', ...vitestArgs])
  try {
    Object.assign(counts, JSON.parse(readFileSync(countsFile, 'utf8')))
  } catch {
    // No counts: vitest ended before it reported, and its exit code says the rest.
  }
  if (isCi()) counts.failed += counts.skipped.length
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  if (code === 0 && counts.passed === 0) counts.failed += 1
  const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} did not run` : ''
  lines.push(
    `${mark(counts.failed === 0)} tests: ${counts.passed} right, ${counts.failed} wrong${skipped}`,
  )
}

async function step(name: string, command: string[]): Promise<void> {
  const started = Date.now()
  const code = await run(name, command)
  if (code !== 0) failedSteps++
  lines.push(`${mark(code === 0)} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

/** Resolves with the exit code; the output goes straight through. */
function run(name: string, [command = '', ...rest]: string[]): Promise<number> {
  console.log(`\n── ${name}: ${command} ${rest.join(' ')}`)
  const child = spawn(join(bin, command), rest, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: STEP_LIMIT_MS,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      VMS_TEST_COUNTS: countsFile,
    },
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL')
        console.error(`!! ${name} was ended: longer than ${STEP_LIMIT_MS / 60_000} minutes`)
      resolve(code ?? 1)
    })
  })
}

function mark(good: boolean): string {
  return good ? '✓' : '✗'
}

function isCi(): boolean {
  return process.env['CI'] !== undefined && process.env['CI'] !== ''
}
