/** Prepares the script's text: checks that it is a complete function body, instruments it, and wraps it as CommonJS. */
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
  /** Prefix of the hidden names. */
  readonly prefix: string
  /** SHA-256 of {@link wrapped}. */
  readonly hash: Uint8Array
  /** Maps a position in the instrumented text to the source: line and column from 1. */
  readonly placeOf: (line: number, column: number) => Place
}

export interface FaultyScript {
  readonly error: ErrorValue
  /** The problem, in words for people. */
  readonly report: string
  /** SHA-256 of the source, because no instrumented text exists. */
  readonly hash: Uint8Array
}

/**
 * Prepares a script, or reports what is wrong with it. It runs nothing. Our parser reads the text before V8 does, so that the nesting limit
 * does not depend on V8's stack. V8 then compiles the text before it is wrapped, because a text such as `}); evil(); (() => {` would be
 * well-formed inside the wrapper.
 */
export function prepareScript(
  given: string,
  name: string,
  /** Source map of the script, as JSON. */
  bundleMap: string | null = null,
): PreparedScript | FaultyScript {
  // A shebang line is legal at the start of a file only.
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

/** V8's syntax error; null if there is none. */
function compileProblem(source: string, name: string): string | null {
  try {
    vm.compileFunction(`'use strict';\n${source}`, parameters, { filename: name, lineOffset: -1 })
    return null
  } catch (error) {
    const { message, stack } = error as Error
    return codeFrame(stack ?? message)
  }
}

/** A digest without Node's crypto, whose loading takes a tenth of a machine's start. */
function sha256(text: string): Uint8Array {
  return hashOf(Buffer.from(text))
}

/** File, line, caret and message of a syntax error, without the frames of this program. */
function codeFrame(stack: string): string {
  const end = stack.indexOf('\n    at ')
  return (end === -1 ? stack : stack.slice(0, end)).replace(/\n\s*\n+/g, '\n')
}

/** UTF-16 units of a source line in a report. */
const shownUnits = 120

/** The same frame for a problem that our own parser found. */
function frameOf(source: string, name: string, { message, position }: ScriptProblem): string {
  const before = source.slice(0, position).split(/\r\n|[\n\r\u2028\u2029]/)
  const column = (before.at(-1) as string).length
  const line = source.slice(position - column).split(/[\n\r\u2028\u2029]/, 1)[0] as string
  const first = Math.max(0, column - shownUnits / 2)
  const shown = line.slice(first, first + shownUnits)
  return `${name}:${before.length}\n${shown}\n${' '.repeat(column - first)}^\nSyntaxError: ${message}`
}
