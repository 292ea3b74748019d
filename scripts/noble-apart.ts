/**
 * A second Ed25519, for browsers that have none of their own, in a file of its own: what it shares with the rest it brings
 * along, so that the others need not load what only it uses.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'rolldown'

/** Name of the file, and of the source that it is made from. */
const NOBLE = 'noble-ed25519'

/** What to make it from. */
export const nobleInput = {
  [NOBLE]: join(import.meta.dirname, '..', 'packages', 'format', 'src', 'crypto', `${NOBLE}.ts`),
}

/** Leaves it to be loaded by its name, from beside the file that needs it. */
export const nobleApart: Plugin = {
  name: 'noble-apart',
  resolveId: {
    filter: { id: new RegExp(`/${NOBLE}\\.ts$`) },
    handler: (_, __, { kind }) =>
      kind === 'dynamic-import' ? { id: `./${NOBLE}.js`, external: true } : null,
  },
}

/** Notes each file that a bundle is made of. */
export const reading = (read: Set<string>): Plugin => ({
  name: 'reading',
  load(id) {
    if (existsSync(id)) read.add(id)
  },
})
