/**
 * Makes the machine's child process one text, packages/sandbox/dist/child-bundle.cjs: it is part of what is published, and of a
 * clone too, so that machines start fast there. Does nothing while the text matches its sources. The tests run it before they begin.
 *
 *     node scripts/bundle-child.ts
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import {
  type BundleInputs,
  bundleFiles,
  digestOf,
  isCurrent,
} from '../packages/sandbox/src/child-bundle.ts'

const folder = join(import.meta.dirname, '..', 'packages', 'sandbox')
const guest = join(folder, 'src', 'guest')

/** What the bundle gets in other ways than a module does: the addon from who runs it, the guest's code as text. */
const given: Plugin = {
  name: 'given',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^isolated-vm$/ }, ({ path }) => ({ path, namespace: 'given' }))
    onLoad({ filter: /^isolated-vm$/, namespace: 'given' }, () => ({
      contents: 'module.exports = addon.ivm',
    }))
    onLoad({ filter: /[\\/]child[\\/]guest-source\.ts$/ }, () => ({
      contents: `const sources = ${JSON.stringify(guestTexts())}
export const guestSource = (specifier) => sources[specifier]`,
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]child[\\/]library-source\.ts$/ }, async ({ path }) => {
      const { librarySource } = (await import(path)) as { librarySource: () => string }
      const text = JSON.stringify(librarySource())
      return { contents: `export const librarySource = () => ${text}`, loader: 'js' }
    })
  },
}

function guestTexts(): Record<string, string> {
  const names = readdirSync(guest).filter((name) => name.endsWith('.js'))
  return Object.fromEntries(
    names.map((name) => [`./${name}`, readFileSync(join(guest, name), 'utf8')]),
  )
}

/** What the tests run first. Sources that cannot be bundled are for the tests to complain about: they run them as they are. */
export async function setup(): Promise<void> {
  await bundleChild().catch(() => console.error('the child could not be bundled'))
}

/** Makes the bundle, unless it is there. */
async function bundleChild(): Promise<void> {
  if (isCurrent()) return
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/child.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [given],
  })
  const files = [
    ...Object.keys(metafile.inputs).filter((input) => !input.startsWith('given:')),
    ...Object.keys(guestTexts()).map((name) => relative(folder, join(guest, name))),
    relative(folder, import.meta.filename),
    // Names the exact versions of what is taken from packages as text.
    'package.json',
  ].sort()
  const inputs: BundleInputs = { files, digest: digestOf(files) }
  mkdirSync(dirname(bundleFiles.code), { recursive: true })
  replace(bundleFiles.code, `(function (require, addon) {${outputFiles[0]?.text}})`)
  replace(bundleFiles.inputs, JSON.stringify(inputs))
}

/** At once: others may be reading it. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.${process.pid}`, content)
  renameSync(`${file}.${process.pid}`, file)
}

if (import.meta.main) await bundleChild()
