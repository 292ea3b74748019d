/**
 * Makes the explorer's page, packages/explorer/dist/page: part of what is published, and of a clone too, so that its hosts
 * serve it. Does nothing while the page matches its sources. The tests run it before they begin.
 *
 *     node scripts/bundle-explorer.ts
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build } from 'esbuild'
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown'
import { isMadeFrom, noteInputs, replace } from './made-from.ts'
import { nobleApart, nobleInput, reading } from './noble-apart.ts'

const root = join(import.meta.dirname, '..')
const source = join(root, 'packages', 'explorer', 'src', 'page')
const dist = join(root, 'packages', 'explorer', 'dist')
const client = join(root, 'packages', 'client', 'src')
const rpc = join(root, 'packages', 'rpc', 'src')

/** Where the page is, and from what it was made. */
export const explorerPage = join(dist, 'page')
const inputsFile = join(dist, 'page.json')

/** What stands in the page's folder as it is in the sources. */
const COPIED = ['index.html', 'icon.svg']

/** The page only reads: see src/page/no-calls.ts. */
const withoutCalls: Plugin = {
  name: 'without-calls',
  resolveId: {
    filter: { id: /^(\..*\/(outbox|reply|refused|receipt|signing|refusal)\.ts|#platform)$/ },
    handler: (id, importer) =>
      importer?.startsWith(id.endsWith('/refusal.ts') ? rpc : client)
        ? join(source, 'no-calls.ts')
        : null,
  },
}

const inputOptions: InputOptions = {
  cwd: root,
  platform: 'browser',
  transform: { target: 'es2024' },
  logLevel: 'warn',
}

const outputOptions: OutputOptions = {
  format: 'esm',
  minify: true,
  comments: false,
  // One file for all: parts of their own, though loaded later, would be larger together.
  codeSplitting: false,
}

/** What the tests run first. Sources that cannot be bundled are for the tests to complain about. */
export async function setup(): Promise<void> {
  await bundleExplorer().catch((error: Error) =>
    console.error(`the explorer could not be bundled: ${error.message}`),
  )
}

/** Makes the page, unless it is there. */
async function bundleExplorer(): Promise<void> {
  if (isMadeFrom(inputsFile)) return
  const read = new Set<string>()
  const [script, noble, style] = await Promise.all([
    bundleModule({ main: join(source, 'main.ts') }, [reading(read), nobleApart, withoutCalls]),
    bundleModule(nobleInput, [reading(read)]),
    bundleStyle(read),
  ])
  mkdirSync(explorerPage, { recursive: true })
  const names = [...COPIED]
  for (const { name, content } of [script, noble, style]) {
    replace(join(explorerPage, name), content)
    names.push(name)
  }
  for (const name of COPIED) copyFileSync(join(source, name), join(explorerPage, name))
  for (const name of readdirSync(explorerPage)) {
    if (!names.includes(name)) rmSync(join(explorerPage, name))
  }
  noteInputs(inputsFile, [
    ...[...read].map((file) => relative(root, file)),
    ...COPIED.map((name) => join('packages', 'explorer', 'src', 'page', name)),
    join('scripts', 'bundle-explorer.ts'),
    join('scripts', 'noble-apart.ts'),
    'pnpm-lock.yaml',
  ])
}

interface Bundled {
  readonly name: string
  readonly content: string
}

async function bundleModule(input: Record<string, string>, plugins: Plugin[]): Promise<Bundled> {
  await using bundle = await rolldown({ ...inputOptions, input, plugins })
  const { output } = await bundle.generate(outputOptions)
  return { name: output[0].fileName, content: output[0].code }
}

/** Rolldown makes no style sheets. */
async function bundleStyle(read: Set<string>): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    legalComments: 'none',
    outdir: explorerPage,
    metafile: true,
    write: false,
    logLevel: 'silent',
    entryPoints: [join(source, 'main.css')],
  })
  for (const input of Object.keys(metafile.inputs)) read.add(join(root, input))
  const [file] = outputFiles
  if (!file) throw new Error('there is no style sheet in the bundle')
  return { name: basename(file.path), content: file.text }
}

if (import.meta.main) await bundleExplorer()
