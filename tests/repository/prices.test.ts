/** The specification's lists of prices: all of them from the runtime's table, and those that are far off as the sweep has them. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { less, longer } from '../../bench/sweep/known.ts'
import { withPriceList } from '../../scripts/price-list.ts'

const runtime = new URL('../../packages/sandbox/src/runtime/', import.meta.url)
const PRICES = readFileSync(new URL('metering/prices.js', runtime), 'utf8')

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

it('lists the prices that the runtime charges: `node scripts/price-list.ts` writes them anew', () => {
  expect(withPriceList(page)).toBe(page)
  const other = withPriceList(page, PRICES.replace('moveItem: 2', 'moveItem: 3'))
  expect(other).not.toBe(page)
})

it('built-ins take their rates from the price table only', () => {
  const files = readdirSync(runtime, { recursive: true, encoding: 'utf8' })
  const direct = files.filter(
    (file) =>
      /^(?:builtins|calls|math|regexp)\//.test(file) &&
      /\brate\b.*prices\.js'/.test(readFileSync(new URL(file, runtime), 'utf8')),
  )
  expect(direct).toEqual([])
})
