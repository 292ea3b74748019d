/**
 * Makes the client one ES module for `<script type="module">`, packages/client/dist/browser/client.js, beside the parts
 * that it loads only when they are needed.
 *
 *     node scripts/bundle-client.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { NOBLE, nobleApart, nobleEntry } from './noble-apart.ts'

const root = join(import.meta.dirname, '..')

/** Where a browser's client is published. */
export const clientBundle = join(root, 'packages', 'client', 'dist', 'browser')

/** One module of the bundle. */
export interface BundledModule {
  readonly name: string
  /** Bytes as a server sends them. */
  readonly gzipBytes: number
  /** The files in it, as paths from the workspace. */
  readonly sources: readonly string[]
  /** Modules of the bundle that it imports at once, and those that it imports when they are needed. */
  readonly imports: readonly string[]
  readonly later: readonly string[]
}

/** Bundles the client into `folder` and resolves with what is there. Imports that match `without` are left as they are. */
export async function bundleClient(folder: string, without?: RegExp): Promise<BundledModule[]> {
  const options = {
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    minify: true,
    sourcemap: 'linked',
    legalComments: 'none',
    outdir: folder,
    chunkNames: '[name]-[hash]',
    metafile: true,
    write: false,
    logLevel: 'warning',
  } as const satisfies BuildOptions
  const client = { client: join('packages', 'client', 'src', 'index.ts') }
  const results = await Promise.all([
    build({
      ...options,
      entryPoints: client,
      plugins: [...(without ? [leaveOut(without)] : []), nobleApart],
    }),
    ...(without ? [] : [build({ ...options, entryPoints: nobleEntry })]),
  ])
  const outputFiles = results.flatMap((result) => result.outputFiles)
  mkdirSync(folder, { recursive: true })
  const sizes = new Map<string, number>()
  for (const { path, contents } of outputFiles) {
    writeFileSync(path, contents)
    sizes.set(basename(path), gzipSync(contents, { level: 9 }).length)
  }
  return results
    .flatMap(({ metafile }) => Object.entries(metafile.outputs))
    .filter(([path]) => path.endsWith('.js'))
    .map(([path, { inputs, imports }]) => {
      const named = (kind: string): string[] =>
        imports
          .filter(
            (used) =>
              used.kind === kind && (!used.external || basename(used.path) === `${NOBLE}.js`),
          )
          .map((used) => basename(used.path))
      return {
        name: basename(path),
        gzipBytes: sizes.get(basename(path)) as number,
        sources: Object.keys(inputs),
        imports: named('import-statement'),
        later: named('dynamic-import'),
      }
    })
}

const leaveOut = (filter: RegExp): Plugin => ({
  name: 'leave out',
  setup({ onResolve }) {
    onResolve({ filter }, ({ path }) => ({ path, external: true }))
  },
})

if (import.meta.main) {
  for (const { name, gzipBytes } of await bundleClient(clientBundle)) {
    console.log(`${name}: ${gzipBytes} bytes compressed`)
  }
}
