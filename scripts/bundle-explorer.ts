/**
 * Makes the explorer's page, packages/explorer/dist/page: part of what is published, and of a clone too, so that its hosts
 * serve it. Does nothing while the page matches its sources. The tests run it before they begin.
 *
 *     node scripts/bundle-explorer.ts
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { isMadeFrom, noteInputs, replace } from './made-from.ts'
import { nobleApart, nobleEntry } from './noble-apart.ts'

const root = join(import.meta.dirname, '..')
const source = join(root, 'packages', 'explorer', 'src', 'page')
const dist = join(root, 'packages', 'explorer', 'dist')

/** Where the page is, and from what it was made. */
export const explorerPage = join(dist, 'page')
const inputsFile = join(dist, 'page.json')

/** What stands in the page's folder as it is in the sources. */
const COPIED = ['index.html', 'icon.svg']

/** The page only reads: see src/page/no-calls.ts. */
const withoutCalls: Plugin = {
  name: 'without-calls',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(outbox|reply|refused)\.ts$/ }, () => ({
      path: join(source, 'no-calls.ts'),
    }))
  },
}

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2024',
  minify: true,
  legalComments: 'none',
  outdir: explorerPage,
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions

/** What the tests run first. Sources that cannot be bundled are for the tests to complain about. */
export async function setup(): Promise<void> {
  await bundleExplorer().catch((error: Error) =>
    console.error(`the explorer could not be bundled: ${error.message}`),
  )
}

/** Makes the page, unless it is there. */
async function bundleExplorer(): Promise<void> {
  if (isMadeFrom(inputsFile)) return
  const results = await Promise.all([
    // One file for all: parts of their own, though loaded later, would be larger together.
    build({
      ...common,
      entryPoints: [join(source, 'main.ts')],
      plugins: [nobleApart, withoutCalls],
    }),
    build({ ...common, entryPoints: [join(source, 'main.css')] }),
    build({ ...common, entryPoints: nobleEntry }),
  ])
  const outputFiles = results.flatMap((result) => result.outputFiles)
  const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs))
  mkdirSync(explorerPage, { recursive: true })
  const names = [...COPIED]
  for (const { path, contents } of outputFiles) {
    replace(path, contents)
    names.push(basename(path))
  }
  for (const name of COPIED) copyFileSync(join(source, name), join(explorerPage, name))
  for (const name of readdirSync(explorerPage)) {
    if (!names.includes(name)) rmSync(join(explorerPage, name))
  }
  noteInputs(inputsFile, [
    ...inputs,
    ...COPIED.map((name) => join('packages', 'explorer', 'src', 'page', name)),
    join('scripts', 'bundle-explorer.ts'),
    join('scripts', 'noble-apart.ts'),
    'pnpm-lock.yaml',
  ])
}

if (import.meta.main) await bundleExplorer()
