/**
 * The short form of tests that take minutes together: every nth of them runs, and VMS_SEED says which, or they run fewer
 * rounds. The long form (VMS_LONG=1) runs all of them. Tests that are not due are not registered, so nothing counts as skipped;
 * the reporter says at the end what was left out.
 */
import { beforeAll, test } from 'vitest'

const runsLong = process.env['VMS_LONG'] === '1'

declare module 'vitest' {
  interface TaskMeta {
    /** What this file leaves to the long form: of what, how many of how many. */
    leftToLong?: Record<string, readonly [left: number, all: number]>
  }
}

/**
 * `test` of vitest, for the tests that are due. Of any `every` tests that follow each other one is due, so that each group of
 * that size keeps a member.
 */
export function testInTurn(every: number): Pick<typeof test, 'each'> & typeof test {
  const turn = Number(process.env['VMS_SEED'] ?? 0) % every
  let count = 0
  let left = 0
  const isDue = (): boolean => {
    if (count++ % every === turn || runsLong) return true
    left++
    return false
  }
  leave('tests', () => [left, count])
  const one = ((...args: Parameters<typeof test>) => {
    if (isDue()) test(...args)
  }) as typeof test
  const each = ((rows: readonly unknown[]) =>
    (...args: Parameters<ReturnType<typeof test.each>>) => {
      const due = rows.filter(isDue)
      if (due.length > 0) test.each(due)(...args)
    }) as typeof test.each
  return Object.assign(one, { each })
}

/** How many rounds a test runs: `short`, or `long` in the long form. `what`: the rounds, for the reporter. */
export function rounds(what: string, short: number, long: number): number {
  leave(what, () => [runsLong ? 0 : long - short, long])
  return runsLong ? long : short
}

/** `count` is called once all tests of the file are registered. */
function leave(what: string, count: () => [left: number, all: number]): void {
  // biome-ignore lint/correctness/noEmptyPattern: vitest takes nothing but a pattern here.
  beforeAll(({}, { file: { meta } }) => {
    const [left, all] = count()
    const [leftBefore, allBefore] = meta.leftToLong?.[what] ?? [0, 0]
    meta.leftToLong = { ...meta.leftToLong, [what]: [leftBefore + left, allBefore + all] }
  })
}
