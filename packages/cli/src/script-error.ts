/** Errors in scripts, shown where they are: file, line, column and a code frame. */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import { codeFrameColumns } from '@babel/code-frame'
import { ScriptImportError, ScriptSyntaxError } from './errors.ts'

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
  // Frames count columns from 0.
  const start = { line: at.line, column: column - 1 }
  const frame = codeFrameColumns(source, { start }, { forceColor: options.color === true })
  const specifier = /^Could not resolve "(.*)"$/s.exec(problem.text)?.[1]
  if (specifier === undefined)
    return new ScriptSyntaxError(file, at.line, column, problem.text.replace(/:$/, ''), frame)
  const { message, hint } = importProblem(specifier)
  return new ScriptImportError({ file, line: at.line, column, specifier }, message, { frame, hint })
}

function importProblem(specifier: string): { message: string; hint: string } {
  if (isBuiltin(specifier)) {
    return {
      message: `"${specifier}" is part of Node, and a machine has no Node inside`,
      hint: 'files are at System.files; everything else must be in the script or in packages that need no Node',
    }
  }
  if (/^[./]/.test(specifier))
    return { message: `there is no "${specifier}"`, hint: 'check the path of the import' }
  return { message: `"${specifier}" is not installed`, hint: `npm install ${specifier}` }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** What the engine that is going to run `source` says against it; null if nothing. Does not run it. */
export function compileError(source: string, name: string): Problem | null {
  try {
    compileFunction(source, [], { filename: name })
    return null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // V8 puts `name:line`, the line itself and a row with carets above the stack.
    const [place = '', lineText = '', carets = ''] = (error.stack ?? '').split('\n')
    const line = Number(/:(\d+)$/.exec(place)?.[1] ?? 1)
    const column = Buffer.byteLength(lineText.slice(0, Math.max(0, carets.indexOf('^'))))
    return { text: error.message, location: { file: name, line, column, lineText } }
  }
}
