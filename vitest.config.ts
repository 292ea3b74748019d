/** How the tests run: all of them by default, and with VMS_LONG=1 those that take minutes instead. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { ResultReporter } from './scripts/result-reporter.ts'

const long = ['tests/long/**/*.test.ts', '**/*.long.test.ts']
/** Of these the short form runs every nth test, by `tests/harness/in-turn.ts`; the long form runs all. */
const inTurn = [
  'tests/accidents/**/*.test.ts',
  'tests/lies/**/*.test.ts',
  'tests/many/faults.test.ts',
]
const runsLong = process.env['VMS_LONG'] === '1'

// Each `vms` process of a test would otherwise strip the types of all sources once more, and compile them.
process.env['NODE_COMPILE_CACHE'] ??= join(
  import.meta.dirname,
  'node_modules',
  '.cache',
  'compiled',
)

export default defineConfig({
  test: {
    include: runsLong
      ? [...long, ...inTurn]
      : ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(runsLong ? [] : long)],
    globalSetup: ['scripts/bundle-child.ts', 'scripts/bundle-explorer.ts'],
    // Native addons (rocksdb, isolated-vm, sodium) are not safe in worker threads.
    pool: 'forks',
    // Tests start hosts, machines and auditors of their own: more workers than this only make them wait.
    maxWorkers: 2,
    testTimeout: runsLong ? 30 * 60_000 : 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    reporters: ['default', new ResultReporter()],
  },
})
