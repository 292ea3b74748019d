/** Generated programs do the same with and without instrumentation. The long form of this test runs thousands of others. */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { expectSame } from './compare.ts'
import { program } from './programs.ts'

const long = process.env['VMS_LONG'] === '1'

describe('instrumentation', () => {
  it('changes nothing that a program can tell', () => {
    fc.assert(
      fc.property(program, (source) => {
        expectSame(source)
      }),
      long ? { numRuns: 10_000 } : { numRuns: 150, seed: 20_260_101 },
    )
  })
})
