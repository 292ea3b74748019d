/**
 * Makes the machine's child process one text, packages/sandbox/dist/child-bundle.bin: it is part of what is published, and of a
 * clone too, so that machines start fast there. Does nothing while the text matches its sources. The tests run it before they begin.
 *
 *     node scripts/bundle-child.ts
 */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { addonFile } from '../packages/sandbox/src/addon.ts'
import {
  type BundleInputs,
  type BundleParts,
  bundleFiles,
  digestOf,
  isCurrent,
  packBundle,
} from '../packages/sandbox/src/child-bundle.ts'
import { childFlags } from '../packages/sandbox/src/child-process.ts'
import {
  defaultMachineLimits,
  defaultServiceLimits,
  jsonCodec,
} from '../packages/sandbox/src/index.ts'
import { packFrame, type ToChild } from '../packages/sandbox/src/wire.ts'

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
      contents: `import { given } from 'given-texts'
export const guestSource = (specifier) => given().guest[specifier]`,
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]child[\\/]library-source\.ts$/ }, () => ({
      contents: `import { given } from 'given-texts'
export const librarySource = () => given().library`,
      loader: 'js',
    }))
    onResolve({ filter: /^given-texts$/ }, ({ path }) => ({ path, namespace: 'given' }))
    onLoad({ filter: /^given-texts$/, namespace: 'given' }, () => ({
      contents: `let parsed
export const given = () => (parsed ??= JSON.parse(texts.toString()))`,
    }))
  },
}

/** The module is new to some clones; without it there is nothing to read. */
async function libraryText(): Promise<string> {
  const file = join(folder, 'src', 'child', 'library-source.ts')
  if (!existsSync(file)) return ''
  const { librarySource } = (await import(file)) as { librarySource: () => string }
  return librarySource()
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
    legalComments: 'none',
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
  mkdirSync(dirname(bundleFiles.parts), { recursive: true })
  const parts: BundleParts = {
    code: inAscii(`(function (require, addon, texts) {${outputFiles[0]?.text}})`),
    cache: new Uint8Array(),
    texts: JSON.stringify({ guest: guestTexts(), library: await libraryText() }),
  }
  replace(bundleFiles.parts, packBundle({ ...parts, cache: makeCache(parts) }))
  replace(bundleFiles.inputs, JSON.stringify(inputs))
}

/** esbuild escapes what is not ASCII in strings; what is left stands in comments and in regular expressions, which read the same so. */
function inAscii(code: string): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return code.replace(/[^\0-\x7f]/g, escaped)
}

/** What V8 has compiled when a first script has booted. V8 takes it only if it is the same V8 with the same flags. */
function makeCache(parts: BundleParts): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'vms-bundle-'))
  const place = (name: string): string => join(scratch, name)
  try {
    writeFileSync(place('code'), parts.code)
    writeFileSync(place('texts'), parts.texts)
    writeFileSync(place('messages'), firstMessages())
    const messages = openSync(place('messages'), 'r')
    const answers = openSync(devNull, 'w')
    const { status } = spawnSync(
      process.execPath,
      [
        ...childFlags,
        ...ownRights,
        '--input-type=commonjs',
        '--eval',
        cacheMaker,
        addonFile(),
        scratch,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', messages, answers], env: { TZ: 'UTC' } },
    )
    closeSync(messages)
    closeSync(answers)
    return status === 0 ? readFileSync(place('cache')) : new Uint8Array()
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Unlike the child, what makes the cache reads and writes files. The flags for that are no part of what V8 compares. */
const ownRights = ['--allow-fs-read=*', '--allow-fs-write=*']

/** Runs the child on messages from a file, and keeps what V8 has compiled. */
const cacheMaker = `
const [, addonFile, folder] = process.argv
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const addon = { exports: {} }
process.dlopen(addon, addonFile)
const code = readFileSync(join(folder, 'code'), 'latin1')
const script = new (require('node:vm').Script)(code, { filename: 'vms:child' })
const { exit } = process
process.exit = () => {}
script.runInThisContext()(require, addon.exports, readFileSync(join(folder, 'texts')))
writeFileSync(join(folder, 'cache'), script.createCachedData())
exit(0)
`

/** A start and a boot. */
function firstMessages(): Buffer {
  const start: ToChild = [
    'start',
    {
      script: 'exports.first = async () => { for (const x of [1]) await x }',
      name: 'first.js',
      codec: jsonCodec,
      limits: defaultMachineLimits,
      service: defaultServiceLimits,
      info: { title: '', key: '' },
      traced: false,
    },
  ]
  const boot: ToChild = ['boot', [0, new Uint8Array(32), 0]]
  return Buffer.concat([start, boot].map((message) => packFrame(message) as Buffer))
}

/** At once: others may be reading it. */
function replace(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.${process.pid}`, content)
  renameSync(`${file}.${process.pid}`, file)
}

if (import.meta.main) await bundleChild()
