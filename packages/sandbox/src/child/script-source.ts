/** The script's text: checked to be a function's body by itself, then wrapped as CommonJS. */
import { createHash } from 'node:crypto'
import vm from 'node:vm'

const parameters = ['exports', 'module']

export type CheckedScript = { wrapped: string } | { problem: { message: string; report: string } }

/**
 * Checks the syntax and wraps. The check comes first because a text such as `}); evil(); (() => {` would be well-formed once wrapped. It
 * compiles with V8 and runs nothing.
 */
export function wrapScript(source: string, name: string): CheckedScript {
  // A first line for the shell is legal at the start of a file only.
  const text = source.startsWith('#!') ? `//${source}` : source
  try {
    vm.compileFunction(`'use strict'\n${text}`, parameters, { filename: name, lineOffset: -1 })
  } catch (error) {
    const { message, stack } = error as Error
    return { problem: { message, report: codeFrame(stack ?? message) } }
  }
  return { wrapped: `(function (${parameters.join(', ')}) { 'use strict'\n${text}\n})` }
}

export function hashScript(source: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(source, 'utf8').digest())
}

/** File, line, caret and message of a syntax error, without the frames of this program. */
function codeFrame(stack: string): string {
  const end = stack.indexOf('\n    at ')
  return (end === -1 ? stack : stack.slice(0, end)).replace(/\n\s*\n+/g, '\n')
}
