/**
 * Compares the cost of built-ins, syntax, exceptions and the host's answers with their prices: nanoseconds of processor time for
 * each unit of fuel. A unit stands for 3 ns, or for what a turn of a loop takes here if that is more.
 *
 *   node bench/prices.ts [--long] [--check] [--group syntax] [--only text] [--sizes 10,1000] [--part 0/8] [--worst 10] [--json file]
 *
 * `--long` sweeps every row at three sizes, else a part of the built-ins at one. With `--check`, a row that is three times further off than 20, or
 * than stands for it in known.ts, is measured again, and if it stays so the command ends with 1. Linux
 * only: the time is that of the machine's process as `/proc` has it.
 */
import fs from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { builtinRows } from './sweep/builtins.ts'
import { exceptionRows } from './sweep/exceptions.ts'
import { hostRows } from './sweep/host.ts'
import { allowedFactors } from './sweep/known.ts'
import { type Effort, type Measured, Sweep } from './sweep/measure.ts'
import type { Row } from './sweep/row.ts'
import { referenceRow, syntaxRows } from './sweep/syntax.ts'

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    group: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string' },
    part: { type: 'string' },
    worst: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
})

const nsPerUnit = 3
const largestFactor = 20
/** How much further off a row must be for `--check`: other work of the computer makes memory slow, but not the loop. */
const margin = 3
/** Of the built-ins, one row in so many is swept in the short form: a prime, so that no kind of argument is left out. */
const shortPart = 23
const effort: Effort = values.long ? { spanNs: 2e6, runs: 3 } : { spanNs: 3e5, runs: 2 }
const sizes = values.sizes?.split(',').map(Number) ?? (values.long ? [10, 1_000, 100_000] : [1_000])

const sweep = new Sweep([referenceRow, ...chosenRows()], effort)
const started = Date.now()
const reference = await sweep.measure(0, 1_000)
if (typeof reference === 'string') throw new Error(reference)
const unit = Math.max(nsPerUnit, reference.ns / reference.fuel)
console.log(`a turn of a loop takes ${(reference.ns / reference.fuel).toFixed(2)} ns a unit`)

const measured: Measured[] = []
const failed: string[] = []
for (const [i, row] of sweep.rows.entries()) {
  if (i === 0) continue
  for (const size of row.sizes ?? sizes) {
    const result = await measure(i, size)
    if (typeof result === 'string') failed.push(`${row.name} | ${row.kind} | ${size}: ${result}`)
    else measured.push(result)
  }
}
await sweep.close()
report()
if (values.json) {
  const rows = measured.map(({ row, ...rest }) => ({ row: row.name, kind: row.kind, ...rest }))
  fs.writeFileSync(values.json, JSON.stringify(rows))
}

function chosenRows(): Row[] {
  const groups: Record<string, () => Row[]> = {
    builtins: builtinRows,
    syntax: syntaxRows,
    exceptions: exceptionRows,
    host: hostRows,
  }
  const isPart = values.part !== undefined
  const [part, parts] = (values.part ?? '0/1').split('/').map(Number) as [number, number]
  return Object.entries(groups)
    .filter(([name]) => name.startsWith(values.group))
    .flatMap(([name, make]) => {
      const every =
        !isPart && !values.long && values.only === '' && name === 'builtins' ? shortPart : 1
      return make().filter((_, i) => i % every === 0)
    })
    .filter(({ name, kind }) => `${name} | ${kind}`.includes(values.only))
    .filter((_, i) => i % parts === part)
}

/** Once more, and longer, where it would be a finding: other work of the computer must not be one. */
async function measure(index: number, size: number): Promise<Measured | string> {
  const result = await sweep.measure(index, size)
  if (typeof result === 'string' || !values.check || isAllowed(result)) return result
  const again = await sweep.measure(index, size, { spanNs: 8 * effort.spanNs, runs: 4 })
  return typeof again === 'string' || factorOf(again) > factorOf(result) ? result : again
}

function factorOf({ ns, fuel }: Measured): number {
  return ns / fuel / unit
}

function isAllowed(one: Measured): boolean {
  const factor = factorOf(one)
  const { under, over } = allowedFactors(one, largestFactor)
  return factor <= margin * under && factor >= 1 / (margin * over)
}

function report(): void {
  measured.sort((a, b) => factorOf(b) - factorOf(a))
  const worst = Number(values.worst)
  const under = measured.filter((one) => factorOf(one) > largestFactor)
  const over = measured.filter((one) => factorOf(one) < 1 / largestFactor)
  console.log('| row | on | size | fuel | ns | ns a unit |\n|---|---|---|---|---|---|')
  for (const one of measured.slice(0, worst)) console.log(lineOf(one))
  console.log('| … | | | | | |')
  for (const one of measured.slice(-worst)) console.log(lineOf(one))
  const seconds = ((Date.now() - started) / 1_000).toFixed(0)
  console.log(
    `\n${measured.length} rows in ${seconds} s; ${under.length} more than ${largestFactor} times under, ${over.length} as far over their cost; ${failed.length} not measured`,
  )
  for (const text of failed.slice(0, worst)) console.log(text)
  if (!values.check) return
  const findings = measured.filter((one) => !isAllowed(one))
  for (const one of findings) console.log(`not allowed: ${lineOf(one)}`)
  if (findings.length > 0) process.exitCode = 1
}

function lineOf({ row, size, fuel, ns, throws }: Measured): string {
  const name = row.name.replaceAll('|', '\\|')
  return `| ${name}${throws ? ', throws' : ''} | ${row.kind} | ${size} | ${fuel.toFixed(0)} | ${ns.toFixed(0)} | ${(ns / fuel).toPrecision(3)} |`
}
