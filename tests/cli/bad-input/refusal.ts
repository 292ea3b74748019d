/** What a refusal must look like, whatever was refused: one place, so that every table of bad input is held to it. */
import { expect } from 'vitest'
import { type BatchOptions, vmsBatch } from '../../harness/vms-batch.ts'
import type { Finished } from '../../harness/vms-process.ts'
import type { Workplace } from '../../harness/workplace.ts'

/** What was typed, how it must end: exit code and the code on stderr, and what it must say besides. */
export type Refusal = readonly [
  args: readonly string[],
  exit: number,
  code: string,
  says?: RegExp | string,
]

/** Runs the lines of a table in one process and holds each to {@link expectRefusal}. */
export async function expectRefusals(
  place: Workplace,
  table: readonly Refusal[],
  options?: BatchOptions,
): Promise<void> {
  const results = await vmsBatch(
    place,
    table.map(([args]) => args),
    options,
  )
  expect(results).toHaveLength(table.length)
  for (const [i, [args, ...expected]] of table.entries()) {
    expectRefusal(args, results[i] as Finished, ...expected)
  }
}

/** Lines of stderr that tell what goes on, not what went wrong. */
const ASIDE =
  /^(?:DEV: |(?:Opening|Connecting to|Downloading|Replaying|Comparing) .*…$|Connected$|Opened$|\[.*\] (?:warn|error|machine) )/

/** The exit code, the code in brackets, a hint, nothing of the program's insides, and stdout that a program can read. */
function expectRefusal(
  args: readonly string[],
  { code: exit, stdout, stderr }: Finished,
  wantedExit: number,
  code: string,
  says: RegExp | string = '',
): void {
  const line = `vms ${args.map((arg) => JSON.stringify(arg)).join(' ')}`
  expect(stderr, line).toMatch(says)
  expect({ line, exit, stderr }).toEqual({
    line,
    exit: wantedExit,
    stderr: expect.stringContaining(`[${code}]`),
  })
  expectHarmless(line, stderr)
  expect(stderr, line).not.toMatch(/^\s+at |unexpected:|node:internal/m)
  const told = stderr.split('\n').filter((text) => text !== '' && !ASIDE.test(text))
  const said = told.filter((text) => !/^>? *\d+ \||^ +\|/.test(text))
  expect(said.length, `${line} says:\n${stderr}`).toBeLessThanOrEqual(3)
  expectErrorJson(line, stdout, code, args.includes('--json') || args.includes('--jsonl'))
}

/** Without `--json` nothing is on stdout; with it, one object in one line, whose error has the code. */
function expectErrorJson(line: string, stdout: string, code: string, json: boolean): void {
  if (!json) {
    expect({ line, stdout }).toEqual({ line, stdout: '' })
    return
  }
  expectHarmless(line, stdout)
  expect(stdout.split('\n'), line).toHaveLength(2)
  expect({ line, said: JSON.parse(stdout) }).toEqual({
    line,
    said: expect.objectContaining({
      version: 1,
      error: {
        code,
        message: expect.any(String),
        hint: expect.toSatisfy((hint) => hint === null || typeof hint === 'string'),
      },
    }),
  })
}

/** No character reaches the terminal that could move its cursor, recolour it, or reorder what is shown. */
export function expectHarmless(what: string, text: string): void {
  const found = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.exec(text)
  expect(found && `${what}: U+${found[0].charCodeAt(0).toString(16)} in ${text}`).toBeNull()
}
