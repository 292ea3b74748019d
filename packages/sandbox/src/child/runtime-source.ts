/**
 * The runtime's code, as text. In the bundle of the child this file is replaced by one that gives all of it as one script: it may
 * read no file.
 */
import fs from 'node:fs'

const known = new Map<string, string>()

/** The text of a module by its path below `src/runtime`. From `src/child` and from `dist/child` alike: the runtime's files are published as they are. */
export function runtimeSource(path: string): string {
  let source = known.get(path)
  if (source === undefined) {
    source = fs.readFileSync(new URL(`../../src/runtime/${path}`, import.meta.url), 'utf8')
    known.set(path, source)
  }
  return source
}

/** The runtime's modules as one script. */
export interface RuntimeScript {
  /** An expression whose value is a function from the name of an export of `main.js` to its present value. */
  readonly code: string
  /** What V8 has made of it; null if nothing. */
  readonly cache: ArrayBuffer | null
}

/** Null here: there are only the modules. */
export function runtimeScript(): RuntimeScript | null {
  return null
}
