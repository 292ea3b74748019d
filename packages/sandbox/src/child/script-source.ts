/** The script's text: checked to be a function's body by itself, instrumented, then wrapped as CommonJS. */
import vm from 'node:vm'
import { sha256 as hashOf } from '@noble/hashes/sha2.js'
import type { ErrorValue } from '../protocol/types.ts'
import { instrument } from '../transform/instrument.ts'
import { type BoundKey, boundNames } from '../transform/source/names.ts'
import { ScriptProblem } from '../transform/source/parse.ts'
import { createPlaces, type Place } from './source-positions.ts'

const parameters = ['exports', 'module']

export interface PreparedScript {
  /** An expression for the function. */
  readonly wrapped: string
  readonly boundNames: Readonly<Record<BoundKey, string>>
  /** Their prefix. */
  readonly prefix: string
  /** SHA-256 of {@link wrapped}. */
  readonly hash: Uint8Array
  /** Where a place of what runs was written: line and column from 1. */
  readonly placeOf: (line: number, column: number) => Place
}

export interface FaultyScript {
  readonly error: ErrorValue
  /** For people. */
  readonly report: string
  /** SHA-256 of the source: nothing runs. */
  readonly hash: Uint8Array
}

/**
 * Prepares a script, or says what is wrong with it. The text is parsed before V8 sees it, so that how deep it may be nested does not
 * depend on V8's stack; and V8 sees it by itself before it is wrapped, because a text such as `}); evil(); (() => {` would be
 * well-formed then. Nothing is run.
 */
export function prepareScript(
  given: string,
  name: string,
  /** Source map of the script, as JSON. */
  bundleMap: string | null = null,
): PreparedScript | FaultyScript {
  // A first line for the shell is legal at the start of a file only.
  const source = given.startsWith('#!') ? `//${given}` : given
  try {
    const { text, names, map } = instrument(source)
    const problem = compileProblem(source, name)
    if (problem !== null) return faulty(source, syntaxError, problem)
    const wrapped = wrap(text)
    return {
      wrapped,
      boundNames: boundNames(names),
      prefix: names.prefix,
      hash: sha256(wrapped),
      placeOf: createPlaces({ source, name, map, bundleMap }),
    }
  } catch (problem) {
    if (!(problem instanceof ScriptProblem)) throw problem
    const report = frameOf(source, name, problem)
    if (problem.kind === 'syntax')
      return faulty(source, syntaxError, compileProblem(source, name) ?? report)
    const code = problem.kind === 'nesting' ? 'ERR_VMS_NESTED_TOO_DEEP' : 'ERR_VMS_REFUSED_SYNTAX'
    return faulty(source, { name: 'SyntaxError', message: problem.message, code }, report)
  }
}

const syntaxError = {
  name: 'SyntaxError',
  message: 'a SyntaxError raised by the engine',
  code: null,
}

function faulty(source: string, error: ErrorValue, report: string): FaultyScript {
  return { error, report, hash: sha256(source) }
}

function wrap(text: string): string {
  return `(function (${parameters.join(', ')}) { 'use strict';\n${text}\n})`
}

/** What V8 says against it; null if nothing. */
function compileProblem(source: string, name: string): string | null {
  try {
    vm.compileFunction(`'use strict';\n${source}`, parameters, { filename: name, lineOffset: -1 })
    return null
  } catch (error) {
    const { message, stack } = error as Error
    return codeFrame(stack ?? message)
  }
}

/** Not Node's: loading that takes a tenth of the time in which a machine starts. */
function sha256(text: string): Uint8Array {
  return hashOf(Buffer.from(text))
}

/** File, line, caret and message of a syntax error, without the frames of this program. */
function codeFrame(stack: string): string {
  const end = stack.indexOf('\n    at ')
  return (end === -1 ? stack : stack.slice(0, end)).replace(/\n\s*\n+/g, '\n')
}

/** UTF-16 units of a line that are shown. */
const shownUnits = 120

/** The same for a problem that was found here. */
function frameOf(source: string, name: string, { message, position }: ScriptProblem): string {
  const before = source.slice(0, position).split(/\r\n|[\n\r\u2028\u2029]/)
  const column = (before.at(-1) as string).length
  const line = source.slice(position - column).split(/[\n\r\u2028\u2029]/, 1)[0] as string
  const first = Math.max(0, column - shownUnits / 2)
  const shown = line.slice(first, first + shownUnits)
  return `${name}:${before.length}\n${shown}\n${' '.repeat(column - first)}^\nSyntaxError: ${message}`
}
