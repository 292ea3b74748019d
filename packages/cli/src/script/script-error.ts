/** Errors in scripts, with file, line, column and a code frame. */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import { ScriptError } from '../errors/errors.ts'
import { codeFrame } from '../output/code-frame.ts'

/** An error and its place, in the shape of esbuild's messages. */
export interface Problem {
  readonly text: string
  readonly location: {
    /** Relative to the script's directory. */
    readonly file: string
    /** From 1. */
    readonly line: number
    /** From 0, in bytes of UTF-8. */
    readonly column: number
    readonly lineText: string
  } | null
  /** The text of `location`, if it is not the file's. */
  readonly source?: string
}

/** The error for a problem in the script at `path` or in one of its imports. */
export function scriptError(
  problem: Problem,
  path: string,
  options: { readonly cwd: string; readonly color?: boolean },
): ScriptError {
  const at = problem.location ?? { file: path, line: 1, column: 0, lineText: '' }
  const absolute = resolve(dirname(path), at.file)
  const file = relative(options.cwd, absolute) || at.file
  const column = Buffer.from(at.lineText).subarray(0, at.column).toString().length + 1
  const source = problem.source ?? readText(absolute) ?? at.lineText
  const frame = codeFrame(source, at.line, column, options.color === true)
  const place = { file, line: at.line, column }
  const wrongImport = importProblem(problem.text)
  if (wrongImport) {
    const { message, hint } = wrongImport
    return new ScriptError('ERR_VMS_SCRIPT_IMPORT', place, message, { frame, hint })
  }
  const { text, hint } = inOurWords(problem.text)
  return new ScriptError('ERR_VMS_SCRIPT_SYNTAX', place, text, { frame, ...(hint && { hint }) })
}

/** The bundler's message in terms of the script. */
function inOurWords(text: string): { text: string; hint?: string } {
  if (/^Top-level await/.test(text)) {
    return {
      text: 'a script cannot await at its top level',
      hint: 'await in exports.init, which runs once, or in the methods',
    }
  }
  return { text: text.replace(/:$/, '') }
}

interface ImportProblem {
  readonly message: string
  readonly hint: string
}

/** The problem of an import; null if the bundler's `text` is about something else. */
function importProblem(text: string): ImportProblem | null {
  const missing = /^Could not resolve "(.*)"$/s.exec(text)?.[1]
  if (missing !== undefined) return whyMissing(missing)
  const notCode =
    /^No loader is configured for ".*" files: (.*)$/s.exec(text)?.[1] ??
    /^Cannot import "(.*)" into a JavaScript file/s.exec(text)?.[1]
  if (notCode === undefined) return null
  return {
    message: `"${notCode}" is no code, and a script consists of code only`,
    hint: 'a script can contain JavaScript, TypeScript and JSON; put other data into System.files by a call',
  }
}

function whyMissing(specifier: string): ImportProblem {
  if (isBuiltin(specifier)) {
    return {
      message: `"${specifier}" is part of Node, and a machine has no Node`,
      hint: 'for files, use System.files; for the rest, write it in the script or import packages that need no Node',
    }
  }
  if (/^(?:\.|\/(?!\/))/.test(specifier))
    return { message: `there is no "${specifier}"`, hint: 'check the path of the import' }
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(specifier)?.[0]
  if (name === undefined || specifier.includes('//')) {
    return {
      message: `"${specifier}" cannot be imported`,
      hint: 'import a file by its path, and an installed package by its name',
    }
  }
  return { message: `"${specifier}" is not installed`, hint: `npm install ${name}` }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/**
 * The engine's error when it compiles `source` in the mode of a machine; null if there is none. Does not run it.
 */
export function compileError(source: string, name: string): Problem | null {
  // A line for the shell is legal only at the start of a file, and here another line precedes it.
  const body = source.startsWith('#!') ? `//${source}` : source
  try {
    compileFunction(`'use strict';\n${body}`, ['exports', 'module'], {
      filename: name,
      lineOffset: -1,
    })
    return null
  } catch (error) {
    const start = { file: name, line: 1, column: 0, lineText: '' }
    if (error instanceof RangeError) {
      return { text: 'the code is nested too deeply for the engine', location: start }
    }
    if (!(error instanceof SyntaxError)) throw error
    // V8 puts `name:line`, the line itself and a line with carets above the stack.
    const [place = '', lineText = '', carets = ''] = (error.stack ?? '').split('\n')
    const line = Number(/:(\d+)$/.exec(place)?.[1] ?? 1)
    const column = Buffer.byteLength(lineText.slice(0, Math.max(0, carets.indexOf('^'))))
    return { text: error.message, location: { file: name, line, column, lineText } }
  }
}
