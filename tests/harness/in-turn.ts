/**
 * The short form of a file whose tests take minutes together: every nth test of it runs, and VMS_SEED says which. In the long
 * form (VMS_LONG=1) all of them run. Tests that are not due are not registered, so nothing counts as skipped.
 */
import { test } from 'vitest'

const runsLong = process.env['VMS_LONG'] === '1'

/** `test` of vitest, for the tests that are due. */
export function testInTurn(every: number): Pick<typeof test, 'each'> & typeof test {
  const turn = Number(process.env['VMS_SEED'] ?? 0) % every
  let count = 0
  const isDue = (): boolean => count++ % every === turn || runsLong
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
