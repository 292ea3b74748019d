/**
 * The runtime's code, as text. The child may read no file, so its bundle replaces this module by one that returns all the code as one
 * script.
 */
import fs from 'node:fs'

const known = new Map<string, string>()

/**
 * The text of a module by its path below `src/runtime`. It works from `src/child` and from `dist/child`, because the package publishes the
 * runtime's files unchanged.
 */
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
  /** An expression whose value is a function. The function maps the name of an export of `main.js` to its present value. */
  readonly code: string
  /** V8's code cache of `code`; null if there is none. */
  readonly cache: ArrayBuffer | null
}

/** Null here, because outside the bundle there are only the modules. */
export function runtimeScript(): RuntimeScript | null {
  return null
}
