/**
 * Writes the list of prices in docs/spec/sandbox.md anew from the tables that the runtime charges by: rates, prices for each use, the
 * sizes by which built-ins pay, and limits.
 *
 *     node scripts/price-list.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { priceTable, sizes } from '../packages/sandbox/src/runtime/metering/price-table.js'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs', 'spec', 'sandbox.md')
const prices = join(root, 'packages', 'sandbox', 'src', 'runtime', 'metering', 'prices.js')

const BEGIN = '<!-- prices: made by scripts/price-list.ts -->'
const END = '<!-- /prices -->'

interface Price {
  readonly name: string
  readonly units: string
  readonly what: string
}

/** The prices of one table: `/** what *\/ name: units,`. */
function tableOf(source: string, name: string): Price[] {
  const start = source.indexOf(`export const ${name} = freeze({`)
  const body = source.slice(start, source.indexOf('\n})', start))
  const rows = [...body.matchAll(/\/\*\* (.+) \*\/\n {2}(\w+): ([^,\n]+),/g)]
  const count = [...body.matchAll(/^ {2}\w+:/gm)].length
  if (start === -1 || rows.length !== count)
    throw new Error(`${rows.length} of ${count} prices of ${name} say what they are for`)
  return rows.map(([, what = '', key = '', units = '']) => ({
    name: key,
    units: units.replaceAll('_', ','),
    what: what.replace(/\.$/, '').replaceAll('|', '\\|'),
  }))
}

function shown(...cells: readonly (readonly string[])[]): string {
  const [first = [], ...rest] = cells
  const widths = first.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(first), rule, ...rest.map(line)].join('\n')
}

const pricesShown = (head: string, prices: readonly Price[]): string =>
  shown(
    ['name', 'units', head],
    ...prices.map(({ name, units, what }) => [`\`${name}\``, units, what]),
  )

/** A list, because a table would be as wide as the longest row: one line for each size and rate. */
function builtinsShown(): string {
  const groups = Map.groupBy(priceTable, ({ size, rate }) => `\`${size}\` × \`${rate}\``)
  const lines = Array.from(groups, ([price, rows]) => {
    const built = rows.map(({ of, what }) => `\`${of}\` (\`${what}\`)`)
    return `- ${price}: ${built.join(', ')}`
  })
  return lines.join('\n')
}

/** A limit is written as a number, in whatever base the runtime has it. */
const limitsShown = (limits: readonly Price[]): string =>
  shown(
    ['name', 'limit', 'of'],
    ...limits.map(({ name, units, what }) => [
      `\`${name}\``,
      Number(units.replaceAll(',', '')).toLocaleString('en-US'),
      what,
    ]),
  )

/** The page with the list as the table has it. */
export function withPriceList(text: string, source = readFileSync(prices, 'utf8')): string {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (start === -1 || end < start)
    throw new Error(`the page has no list between ${BEGIN} and ${END}`)
  const list = [
    pricesShown('price of', tableOf(source, 'rate')),
    pricesShown('price of, for each use', tableOf(source, 'flat')),
    'Built-ins that pay by a size, with the rate for it:',
    builtinsShown(),
    shown(
      ['size', 'counts'],
      ...Object.entries(sizes).map(([size, counts]) => [`\`${size}\``, counts]),
    ),
    'Limits, past which there is an error that a script can catch:',
    limitsShown(tableOf(source, 'bound')),
  ].join('\n\n')
  return `${text.slice(0, start)}${BEGIN}\n\n${list}\n\n${text.slice(end)}`
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(page, withPriceList(readFileSync(page, 'utf8')))
