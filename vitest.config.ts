/** How the tests run: all of them by default, and with VMS_LONG=1 those that take minutes instead. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { ResultReporter } from './scripts/result-reporter.ts'
import { SlowestFirst } from './scripts/slowest-first.ts'

const runsLong = process.env['VMS_LONG'] === '1'
const find = (...patterns: string[]): string[] => globSync(patterns, { cwd: import.meta.dirname })

const long = find('tests/long/**/*.test.ts', '{packages,tests}/**/*.long.test.ts')
const short = find('packages/*/test/**/*.test.ts', 'tests/**/*.test.ts').filter(
  (file) => !long.includes(file),
)
/** Files of which the short form runs a part, by `tests/harness/in-turn.ts`; the long form runs all of them. */
const inTurn = short.filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('/in-turn.ts'),
)

const files = runsLong ? [...long, ...inTurn] : short
const other = runsLong ? short.filter((file) => !inTurn.includes(file)) : long

// Each `vms` process of a test would otherwise strip the types of all sources once more, and compile them.
process.env['NODE_COMPILE_CACHE'] ??= join(
  import.meta.dirname,
  'node_modules',
  '.cache',
  'compiled',
)

export default defineConfig({
  test: {
    include: files,
    globalSetup: ['scripts/bundle-child.ts', 'scripts/bundle-explorer.ts'],
    // Native addons (rocksdb, isolated-vm, sodium) are not safe in worker threads.
    pool: 'forks',
    // Otherwise each file would load the packages anew: a fifth of the whole run.
    isolate: false,
    // Tests start hosts, machines and auditors of their own, and wait for them: the third and fourth worker fill the waits of two cores.
    maxWorkers: 4,
    testTimeout: runsLong ? 30 * 60_000 : 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    sequence: { sequencer: SlowestFirst },
    reporters: ['default', new ResultReporter(files, other)],
  },
})
