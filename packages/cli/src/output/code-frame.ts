/** The lines around a place in a script, for a person. */
import { codeFrameColumns } from '@babel/code-frame'
import { safeLines } from './terminal-text.ts'

/** Most characters of a line to show: minified code is one line of megabytes. */
const LINE_SHOWN = 120

/** Lines to show above and below. */
const LINES_AROUND = 3

const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** The frame of `source` around a place; `line` and `column` from 1. Safe for a terminal, whatever the code contains. */
export function codeFrame(source: string, line: number, column: number, color: boolean): string {
  const lines = source.split(LINE_END)
  // If the place is far to the right, all lines begin a bit before it.
  const from = column > LINE_SHOWN ? column - LINE_SHOWN / 2 : 0
  for (let i = Math.max(0, line - 1 - LINES_AROUND); i < line + LINES_AROUND; i++) {
    const text = lines[i]
    if (text !== undefined) lines[i] = cut(text, from)
  }
  // Frames count columns from 0.
  const start = { line, column: column - 1 - from + (from > 0 ? 1 : 0) }
  return codeFrameColumns(safeLines(lines.join('\n')), { start }, { forceColor: color })
}

function cut(text: string, from: number): string {
  const start = from > 0 ? `…${text.slice(from)}` : text
  return start.length > LINE_SHOWN ? `${start.slice(0, LINE_SHOWN)}…` : start
}
