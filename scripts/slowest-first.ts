/** The order of the test files: the slowest first, so that no worker is left with one of them while the others have ended. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What begins first where no earlier run has left its times. */
const SLOW: readonly string[] = [
  'tests/simulation/',
  'tests/cli/check.test.ts',
  'tests/cli/exec.test.ts',
  'packages/sandbox/test/hostile/',
  'tests/cli/log-follow.test.ts',
  'tests/cli/verify.test.ts',
  'tests/crash/',
  'tests/accidents/',
  'tests/explorer/',
  'tests/lies/',
  'tests/examples/',
  'tests/operating/',
  'tests/cli/',
  'tests/many/',
  'tests/service/',
]

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (sorted.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const slow = (place: string) => sorted.filter(({ moduleId }) => moduleId.includes(`/${place}`))
    return [...new Set([...SLOW.flatMap(slow), ...sorted])]
  }
}
