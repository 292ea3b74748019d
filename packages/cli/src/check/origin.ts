/** Maps places in the text that runs to places in the files that a person wrote. */
import { dirname, relative, resolve } from 'node:path'
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping'
import { codeFrame } from '../output/code-frame.ts'
import type { LoadedScript } from '../script/script.ts'
import type { CheckFinding, FoundAt } from './finding.ts'

/** A place in a file. */
export interface Origin {
  /** Relative to the directory of the command. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly source: string
}

export interface Origins {
  /** `line` and `column` from 1, in the text that runs. */
  of(line: number, column: number): Origin
  finding(found: FoundAt): CheckFinding
  /** The lines around a finding; empty if it has no place. */
  frame(finding: CheckFinding, color: boolean): string
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** `file` as the person named it. */
export function createOrigins(script: LoadedScript, file: string, cwd: string): Origins {
  const path = resolve(cwd, file)
  const map = script.map === null ? null : new TraceMap(script.map)
  const own = relative(cwd, path) || file
  const sources = new Map<string, string>([[own, script.source]])
  const of = (line: number, column: number): Origin => {
    const at = map && originalPositionFor(map, { line, column: column - 1 })
    if (!map || !at || at.source === null) return { file: own, line, column, source: script.source }
    const name = relative(cwd, resolve(dirname(path), at.source))
    const source = sourceContentFor(map, at.source) ?? ''
    sources.set(name, source)
    return { file: name, line: at.line, column: at.column + 1, source }
  }
  return {
    of,
    finding({ start, code, severity, message, advice }) {
      const before = script.source.slice(0, start).split(LINE_END)
      const { file, line, column } = of(before.length, (before.at(-1) ?? '').length + 1)
      return { code, severity, message, advice, file, line, column }
    },
    frame({ file, line, column }, color) {
      const source = file === null ? undefined : sources.get(file)
      return source === undefined || line === null
        ? ''
        : codeFrame(source, line, column ?? 1, color)
    },
  }
}
