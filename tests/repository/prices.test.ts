/** The list of prices that are far off stands twice: for readers in the specification, and for the sweep in known.ts. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { less, longer } from '../../bench/sweep/known.ts'

const page = readFileSync(new URL('../../docs/spec/sandbox.md', import.meta.url), 'utf8')

/** Cells of the table whose head begins with `head`. */
function rowsBelow(head: string): string[][] {
  const lines = page.split('\n')
  const first = lines.findIndex((line) => line.startsWith(`| ${head}`)) + 2
  const end = lines.findIndex((line, i) => i >= first && !line.startsWith('|'))
  return lines.slice(first, end === -1 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const rowsOf = (known: typeof longer) =>
  known.map(({ operation, times }) => [operation, times.toLocaleString('en-US')])

it('the specification and the sweep name the same operations as too cheap, with the same figures', () => {
  expect(rowsBelow('operation that takes longer')).toEqual(rowsOf(longer))
})

it('and the same as too dear', () => {
  expect(rowsBelow('operation that takes less')).toEqual(rowsOf(less))
})
