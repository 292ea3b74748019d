/** Runs a program instrumented and bare, and on V8's other tiers, for the tests that generate programs. */
import { expect } from 'vitest'
import { type CellResult, runInCell } from './cell.ts'

/** What few programs have, and is refused by name: an arrow function whose parameters and body share one. */
const refusedByDesign = /^the name \w+ is used in the parameters and declared with var in the body/

/** Both do the same: what they print, how they end, and the name of what they throw. Messages may differ. */
export function expectSame(source: string): CellResult {
  const bare = runInCell(source, { instrumented: false })
  const instrumented = runInCell(source, { instrumented: true })
  if (instrumented.name === 'refused' && refusedByDesign.test(instrumented.message))
    return instrumented
  expect(partsOf(instrumented), source).toEqual(partsOf(bare))
  return instrumented
}

function partsOf({ end, name, printed }: CellResult) {
  return { end, name: end === 'thrown' ? name : '', printed }
}
