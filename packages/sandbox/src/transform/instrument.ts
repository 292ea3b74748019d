/** Instruments a script: the text that runs, and the map from its positions to the source. */
import MagicString from 'magic-string'
import { noteNumerals } from './expressions/numerals.ts'
import { visitBody } from './functions.ts'
import { chooseNames, type Names } from './source/names.ts'
import { parse } from './source/parse.ts'
import type { Pass } from './source/pass.ts'
import { visitNode } from './visit.ts'

export interface Instrumented {
  /** The body of a strict function. */
  readonly text: string
  readonly names: Names
  /** Made at the first call. Lines and columns as in source maps: from 0, columns in UTF-16 units. */
  readonly map: () => ReturnType<MagicString['generateDecodedMap']>
}

/** @throws ScriptProblem */
export function instrument(source: string): Instrumented {
  const { program, arrows, words } = parse(source)
  noteNumerals(program)
  const names = chooseNames(source, words)
  const text = new MagicString(source)
  const pass: Pass = {
    source,
    text,
    names,
    arrows,
    brackets: new Set(),
    counting: new Set(),
    targets: new Map(),
    unused: new Set(),
    sites: { count: 0 },
    visit: (node, frame) => visitNode(pass, node, frame),
  }
  visitBody(pass, program)
  return {
    text: text.toString(),
    names,
    map: () => text.generateDecodedMap({ hires: true }),
  }
}
