/** The guest's own code, as text. In the bundle of the child this file is replaced by one that holds the texts: it may read no file. */
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
