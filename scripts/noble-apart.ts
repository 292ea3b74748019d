/**
 * A second Ed25519, for browsers that have none of their own, in a file of its own: what it shares with the rest it brings
 * along, so that the others need not load what only it uses.
 */
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/** Name of the file, and of the source that it is made from. */
export const NOBLE = 'noble-ed25519'

/** Where that stands, from the workspace. */
export const nobleSource = join('packages', 'format', 'src', `${NOBLE}.ts`)

/** What to make it from. */
export const nobleEntry = { [NOBLE]: nobleSource }

/** Leaves it to be loaded by its name, from beside the file that needs it. */
export const nobleApart: Plugin = {
  name: 'noble-apart',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`/${NOBLE}\\.ts$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${NOBLE}.js`, external: true } : null,
    )
  },
}
