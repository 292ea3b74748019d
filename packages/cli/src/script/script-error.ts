/** Errors in scripts, shown where they are: file, line, column and a code frame. */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import { ScriptImportError, ScriptSyntaxError } from '../errors/errors.ts'
import { codeFrame } from '../output/code-frame.ts'

/** What is wrong and where; esbuild's messages have this shape. */
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
  /** The text that `location` is about, where it is not the file's. */
  readonly source?: string
}

/** The error to show for a problem in the script at `path` or in something that it imports. */
export function scriptError(
  problem: Problem,
  path: string,
  options: { readonly cwd: string; readonly color?: boolean },
): ScriptSyntaxError | ScriptImportError {
  const at = problem.location ?? { file: path, line: 1, column: 0, lineText: '' }
  const absolute = resolve(dirname(path), at.file)
  const file = relative(options.cwd, absolute) || at.file
  const column = Buffer.from(at.lineText).subarray(0, at.column).toString().length + 1
  const source = problem.source ?? readText(absolute) ?? at.lineText
  const frame = codeFrame(source, at.line, column, options.color === true)
  const wrongImport = importProblem(problem.text)
  if (wrongImport) {
    const { specifier, message, hint } = wrongImport
    const place = { file, line: at.line, column, specifier }
    return new ScriptImportError(place, message, { frame, hint })
  }
  const { text, hint } = inOurWords(problem.text)
  return new ScriptSyntaxError(file, at.line, column, text, { frame, ...(hint && { hint }) })
}

/** What the bundler says about itself, said about the script. */
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
  readonly specifier: string
  readonly message: string
  readonly hint: string
}

/** What is wrong with an import, if the bundler's `text` is about one. */
function importProblem(text: string): ImportProblem | null {
  const missing = /^Could not resolve "(.*)"$/s.exec(text)?.[1]
  if (missing !== undefined) return { specifier: missing, ...whyMissing(missing) }
  const notCode =
    /^No loader is configured for ".*" files: (.*)$/s.exec(text)?.[1] ??
    /^Cannot import "(.*)" into a JavaScript file/s.exec(text)?.[1]
  if (notCode === undefined) return null
  return {
    specifier: notCode,
    message: `"${notCode}" is no code, and a script is one text of code`,
    hint: 'JavaScript, TypeScript and JSON can be part of a script; put other data into System.files by a call',
  }
}

function whyMissing(specifier: string): { message: string; hint: string } {
  if (isBuiltin(specifier)) {
    return {
      message: `"${specifier}" is part of Node, and a machine has no Node inside`,
      hint: 'files are at System.files; everything else must be in the script or in packages that need no Node',
    }
  }
  if (/^(?:\.|\/(?!\/))/.test(specifier))
    return { message: `there is no "${specifier}"`, hint: 'check the path of the import' }
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(specifier)?.[0]
  if (name === undefined || specifier.includes('//')) {
    return {
      message: `"${specifier}" cannot be imported`,
      hint: 'import files by their path, and packages by the name that they are installed under',
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
 * What the engine that is going to run `source` says against it, in the same mode; null if nothing. Does not run it.
 */
export function compileError(source: string, name: string): Problem | null {
  // A first line for the shell is legal at the start of a file only.
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
      return { text: 'it is nested too deeply for the engine', location: start }
    }
    if (!(error instanceof SyntaxError)) throw error
    // V8 puts `name:line`, the line itself and a row with carets above the stack.
    const [place = '', lineText = '', carets = ''] = (error.stack ?? '').split('\n')
    const line = Number(/:(\d+)$/.exec(place)?.[1] ?? 1)
    const column = Buffer.byteLength(lineText.slice(0, Math.max(0, carets.indexOf('^'))))
    return { text: error.message, location: { file: name, line, column, lineText } }
  }
}
