/** A difference between two runs in terms of the script: its line, and the operation of the machine. */
import type { Difference } from '@vms/auditor'
import type { AnyNode } from 'acorn'
import { analyseScript } from './analysis.ts'
import type { CheckFinding } from './finding.ts'
import type { Origin, Origins } from './origin.ts'
import type { CheckDifference } from './report.ts'

/** Names in scripts of the operations with other names. */
const NAMES: Readonly<Record<string, string>> = {
  readText: 'System.files.readFile',
  readBytes: 'System.files.readFile',
  writeText: 'System.files.writeFile',
  writeBytes: 'System.files.writeFile',
  reserve: 'System.files.writeFile',
  list: 'System.files.readdir',
  listStats: 'System.files.readdir',
  oracle: 'System.oracle',
  console: 'console',
}

const ADVICE =
  'what an outcome depends on must come from the call: its arguments, its time, its files, its randomness'

/** Line and column of the innermost frame in a machine's stack; null if there is none. */
export function placeInStack(stack: string): { line: number; column: number } | null {
  const [, line, column] = /:(\d+):(\d+)\)?$/m.exec(stack) ?? []
  return line === undefined ? null : { line: Number(line), column: Number(column) }
}

export interface Told {
  readonly difference: CheckDifference
  readonly finding: CheckFinding
}

export function tellDifference(
  found: Difference & { readonly perturbation: string },
  source: string,
  origins: Origins,
): Told {
  const { perturbation, call, method, part, path, expected, got, step } = found
  const asked = step?.expected ?? step?.got ?? null
  const hostCall =
    step && asked
      ? {
          number: step.number,
          name: NAMES[asked.operation] ?? `System.files.${asked.operation}`,
          subject: asked.subject,
        }
      : null
  const origin = originOf(asked?.stack ?? found.lastStep?.stack ?? '', method, source, origins)
  const difference: CheckDifference = {
    perturbation,
    call,
    method,
    part,
    path,
    expected,
    got,
    hostCall,
    file: origin?.file ?? null,
    line: origin?.line ?? null,
  }
  const finding: CheckFinding = {
    code: 'NONDETERMINISTIC',
    severity: 'error',
    message: sentence(difference),
    advice: ADVICE,
    file: origin?.file ?? null,
    line: origin?.line ?? null,
    column: origin?.column ?? null,
  }
  return { difference, finding }
}

function sentence({
  call,
  method,
  part,
  path,
  perturbation,
  expected,
  got,
  hostCall,
}: CheckDifference): string {
  const which = method === null ? 'the top level' : `${method}()`
  const number = call === null ? '' : ` (call ${call})`
  const what =
    part === null ? '' : ` in its ${part}${path === null || path === '$' ? '' : ` ${path}`}`
  const at =
    hostCall === null
      ? ''
      : `, first at ${hostCall.name}(${hostCall.subject === null ? '' : JSON.stringify(hostCall.subject)}), number ${hostCall.number + 1} of what it asks the machine`
  return `${which}${number} differs${what} ${perturbation}: ${expected} there, ${got} here${at}`
}

function originOf(
  stack: string,
  method: string | null,
  source: string,
  origins: Origins,
): Origin | null {
  const place = placeInStack(stack) ?? (method === null ? null : placeOfMethod(source, method))
  return place && origins.of(place.line, place.column)
}

/** The place of the assignment that exports a method; null if there is none. */
function placeOfMethod(source: string, method: string): { line: number; column: number } | null {
  const isIt = (node: AnyNode): boolean =>
    node.type === 'AssignmentExpression' &&
    new RegExp(`^(?:module\\.)?exports\\.${method.replaceAll('$', '\\$')}$`).test(
      source.slice(node.left.start, node.left.end),
    )
  const node = analyseScript(source).nodes.find(isIt)
  if (!node) return null
  const before = source.slice(0, node.start).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
