/**
 * The guest's own code, as text. In the bundle of the child this file is replaced by one that gives all of it as one script: it may
 * read no file.
 */
import fs from 'node:fs'

const known = new Map<string, string>()

/** The text of `./name.js`. From `src/child` and from `dist/child` alike: the guest's files are published as they are. */
export function guestSource(specifier: string): string {
  let source = known.get(specifier)
  if (source === undefined) {
    source = fs.readFileSync(new URL(`../../src/guest/${specifier}`, import.meta.url), 'utf8')
    known.set(specifier, source)
  }
  return source
}

/** The guest's modules as one script. */
export interface GuestScript {
  /** An expression whose value is a function from the name of an export of `./main.js` to its present value. */
  readonly code: string
  /** What V8 has made of it; null if nothing. */
  readonly cache: ArrayBuffer | null
}

/** Null here: there are only the modules. */
export function guestScript(): GuestScript | null {
  return null
}
