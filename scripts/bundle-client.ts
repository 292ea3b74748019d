/**
 * Makes the client one ES module for `<script type="module">`, packages/client/dist/browser/client.js, beside the parts
 * that it loads only when they are needed. Their names hold their hashes, so that parts of different versions never meet.
 * Does nothing while it matches its sources.
 *
 *     node scripts/bundle-client.ts
 */
import { readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type InputOptions, type OutputChunk, type OutputOptions, rolldown } from 'rolldown'
import { isMadeFrom, noteInputs, replace } from './made-from.ts'
import { nobleApart, nobleInput, reading } from './noble-apart.ts'

const root = join(import.meta.dirname, '..')

/** Where a browser's client is published. */
export const clientBundle = join(root, 'packages', 'client', 'dist', 'browser')

/** From what it was made. */
const inputsFile = join(root, 'packages', 'client', 'dist', 'browser.json')

const entry = join(root, 'packages', 'client', 'src', 'index.ts')

/** What `client.js` loads at once: one part, however many share pieces of it. */
const CORE = 'core'

/** One module of the bundle. */
export interface BundledModule {
  readonly name: string
  /** Bytes as a server sends them. */
  readonly gzipBytes: number
  /** The files in it, as full paths. */
  readonly sources: readonly string[]
  /** Modules of the bundle that it imports at once, and those that it imports when they are needed. */
  readonly imports: readonly string[]
  readonly later: readonly string[]
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
  sourcemap: true,
  comments: false,
  chunkFileNames: '[name]-[hash].js',
}

/** Bundles the client into `folder`, which then holds nothing else, and resolves with what is there. */
export async function bundleClient(folder: string): Promise<BundledModule[]> {
  const read = new Set<string>()
  const chunks = [...(await bundleMain(read)), ...(await bundleNoble(read))]
  const names = new Set<string>()
  const write = (name: string, content: string): void => {
    replace(join(folder, name), content)
    names.add(name)
  }
  const bundled = chunks.map(({ fileName, code, map, modules, imports, dynamicImports }) => {
    write(fileName, code)
    if (map) write(`${fileName}.map`, map.toString())
    return {
      name: fileName,
      gzipBytes: gzipSync(code, { level: 9 }).length,
      sources: Object.keys(modules),
      imports,
      later: dynamicImports.map((name) => name.replace(/^\.\//, '')),
    }
  })
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name))
  if (folder === clientBundle) {
    const files = [...read].map((file) => relative(root, file))
    noteInputs(inputsFile, [
      ...files,
      join('scripts', 'bundle-client.ts'),
      join('scripts', 'noble-apart.ts'),
      'pnpm-lock.yaml',
    ])
  }
  return bundled
}

/** The client but for the second Ed25519, which is left to be loaded by its name. */
async function bundleMain(read: Set<string>): Promise<OutputChunk[]> {
  await using bundle = await rolldown({
    ...inputOptions,
    input: { client: entry },
    plugins: [reading(read), nobleApart],
  })
  // Left to itself the bundler makes a part of each piece that two others share. So it is asked twice: the first answer says
  // what is needed at once, and the second has one part for that.
  const core = sourcesOf(chunksOf(await bundle.generate(outputOptions)), 'client')
  const groups = [{ name: CORE, test: (id: string) => core.has(id) }]
  return chunksOf(await bundle.generate({ ...outputOptions, codeSplitting: { groups } }))
}

/** It brings along what it shares with the rest, so that the others need not load what only it uses. */
async function bundleNoble(read: Set<string>): Promise<OutputChunk[]> {
  await using bundle = await rolldown({
    ...inputOptions,
    input: nobleInput,
    plugins: [reading(read)],
  })
  return chunksOf(await bundle.generate(outputOptions))
}

const chunksOf = ({ output }: { output: readonly { type: string }[] }): OutputChunk[] =>
  output.filter((file): file is OutputChunk => file.type === 'chunk')

/** The sources of the part that begins with `name`, and of all that it imports at once. */
function sourcesOf(chunks: readonly OutputChunk[], name: string): Set<string> {
  const sources = new Set<string>()
  const seen = new Set<OutputChunk>()
  const add = (chunk: OutputChunk | undefined): void => {
    if (!chunk || seen.has(chunk)) return
    seen.add(chunk)
    for (const id of Object.keys(chunk.modules)) sources.add(id)
    for (const used of chunk.imports) add(chunks.find(({ fileName }) => fileName === used))
  }
  add(chunks.find((chunk) => chunk.name === name))
  if (sources.size === 0) throw new Error(`there is no part ${name} in the bundle`)
  return sources
}

if (import.meta.main && !isMadeFrom(inputsFile)) {
  for (const { name, gzipBytes } of await bundleClient(clientBundle)) {
    console.log(`${name}: ${gzipBytes} bytes compressed`)
  }
}
