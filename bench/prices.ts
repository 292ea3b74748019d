/**
 * What built-ins and syntax cost against what they are priced at.
 *
 *   node bench/prices.ts [--long] [--only text] [--sizes 10,1000] [--worst 20] [--all] [--check]
 *
 * One unit of fuel stands for 3 ns of processor. `--check` ends with 1 if a row that is not among the known ones is further off than
 * `largestFactor`.
 */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { builtinRows } from './sweep/builtins.ts'
import { exceptionRows } from './sweep/exceptions.ts'
import { hostRows } from './sweep/host.ts'
import { type Measured, Sweep } from './sweep/measure.ts'
import type { Row } from './sweep/row.ts'
import { syntaxRows } from './sweep/syntax.ts'

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    sizes: { type: 'string' },
    worst: { type: 'string', default: '10' },
    json: { type: 'string' },
    group: { type: 'string', default: '' },
    part: { type: 'string', default: '0/1' },
  },
})
const [part, parts] = values.part.split('/').map(Number) as [number, number]
const nsPerUnit = 3
const groups: Record<string, () => Row[]> = {
  builtins: builtinRows,
  syntax: syntaxRows,
  exceptions: exceptionRows,
  host: hostRows,
}
const rows = Object.entries(groups)
  .filter(([name]) => name.includes(values.group))
  .flatMap(([, make]) => make())
  .filter(({ name, kind }) => `${name} | ${kind}`.includes(values.only))
  .filter((_, i) => i % parts === part)
const sizes = values.sizes?.split(',').map(Number) ?? (values.long ? [10, 1_000, 100_000] : [1_000])
const sweep = new Sweep(rows, values.long ? { spanNs: 2e6, runs: 3 } : { spanNs: 4e5, runs: 2 })

const start = Date.now()
const measured: Measured[] = []
const failed: string[] = []
for (const [i, row] of rows.entries()) {
  for (const size of row.sizes ?? sizes) {
    const result = await sweep.measure(i, size)
    if (typeof result === 'string') failed.push(`${row.name} | ${row.kind} | ${size}: ${result}`)
    else measured.push(result)
  }
}
await sweep.close()
const perUnit = ({ ns, fuel }: Measured) => Math.max(ns, 0) / fuel
const factorOf = (row: Measured) => perUnit(row) / nsPerUnit
measured.sort((a, b) => factorOf(b) - factorOf(a))
const line = (m: Measured) =>
  `| ${m.row.name.replaceAll('|', '\\|')} | ${m.row.kind} | ${m.size} | ${m.fuel.toFixed(0)} | ${m.ns.toFixed(0)} | ${perUnit(m).toPrecision(3)} |${m.throws ? ' throws' : ''}`
console.log('| row | on | size | fuel | ns | ns a unit |\n|---|---|---|---|---|---|')
const worst = Number(values.worst)
for (const row of measured.slice(0, worst)) console.log(line(row))
console.log('| … | | | | | |')
for (const row of measured.slice(-worst)) console.log(line(row))
console.log(
  `\n${measured.length} rows in ${((Date.now() - start) / 1000).toFixed(0)} s; ${measured.filter((m) => factorOf(m) > 20).length} more than 20 times under their price, ${measured.filter((m) => factorOf(m) < 1 / 20).length} more than 20 times over it; ${failed.length} not measured`,
)
for (const text of failed.slice(0, 40)) console.log(text)
if (values.json)
  fs.writeFileSync(
    values.json,
    JSON.stringify(measured.map((m) => ({ ...m, row: m.row.name, kind: m.row.kind }))),
  )
