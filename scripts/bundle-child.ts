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
import { worldText } from '../packages/sandbox/src/child/world-text.ts'
import {
  defaultMachineLimits,
  defaultProcessLimits,
  jsonCodec,
} from '../packages/sandbox/src/index.ts'
import { addonFile } from '../packages/sandbox/src/parent/addon.ts'
import {
  type BundleInputs,
  type BundleParts,
  bundleFiles,
  digestOf,
  isCurrent,
  packBundle,
} from '../packages/sandbox/src/parent/child-bundle.ts'
import { childFlags } from '../packages/sandbox/src/parent/child-process.ts'
import { packFrame, type ToChild } from '../packages/sandbox/src/protocol/wire.ts'
import { linkRuntime } from './link-runtime.ts'

const folder = join(import.meta.dirname, '..', 'packages', 'sandbox')
const runtime = join(folder, 'src', 'runtime')

/** What the bundle gets in other ways than a module does: the addon from who runs it, the runtime's code as text. */
const given: Plugin = {
  name: 'given',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^isolated-vm$/ }, ({ path }) => ({ path, namespace: 'given' }))
    onLoad({ filter: /^isolated-vm$/, namespace: 'given' }, () => ({
      contents: 'module.exports = addon.ivm',
    }))
    // As it is: what esbuild makes of the import of a CommonJS module copies all properties, and some of Node's load more of Node.
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'given' } : { path, external: true },
    )
    onLoad({ filter: /^node:/, namespace: 'given' }, ({ path }) => ({
      contents: `export default require(${JSON.stringify(path)})`,
    }))
    onLoad({ filter: /[\\/]child[\\/]runtime-source\.ts$/ }, () => ({
      contents: `const { buffer, byteOffset, byteLength } = given.runtimeCache
const script = {
  code: given.runtime.latin1Slice(),
  cache: byteLength === 0 ? null : buffer.slice(byteOffset, byteOffset + byteLength),
}
export const runtimeScript = () => script
export const runtimeSource = (path) => {
  throw new Error(path + ' is no file here')
}`,
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]acorn\.mjs$/ }, ({ path }) => ({
      contents: ofLatestEdition(readFileSync(path, 'utf8')),
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]child[\\/]world-text\.ts$/ }, () => ({
      contents: `export const worldText = () => ${JSON.stringify(worldText())}`,
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]child[\\/]library-source\.ts$/ }, () => ({
      contents: 'export const librarySource = () => given.library.utf8Slice()',
      loader: 'js',
    }))
  },
}

/** The parser, without the Unicode tables of editions that no script is parsed as: all are made whenever it is loaded. */
function ofLatestEdition(parser: string): string {
  const [all, latest] = ['list = [9, 10, 11, 12, 13, 14]', 'list = [14]']
  if (!parser.includes(all)) throw new Error('the parser makes its tables in another way')
  return parser.replace(all, latest)
}

/** The module is new to some clones; without it there is nothing to read. */
async function libraryText(): Promise<string> {
  const file = join(folder, 'src', 'child', 'library-source.ts')
  if (!existsSync(file)) return ''
  const { librarySource } = (await import(file)) as { librarySource: () => string }
  return librarySource()
}

function runtimeTexts(): Record<string, string> {
  const names = readdirSync(runtime, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  return Object.fromEntries(
    names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(runtime, name), 'utf8')]),
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
    ...Object.keys(runtimeTexts()).map((name) => relative(folder, join(runtime, name))),
    // What the text of the world is made of.
    'src/world/list.ts',
    'src/world/refused.ts',
    relative(folder, import.meta.filename),
    relative(folder, join(import.meta.dirname, 'link-runtime.ts')),
    // Names the exact versions of what is taken from packages as text.
    'package.json',
  ].sort()
  const inputs: BundleInputs = { files, digest: digestOf(files) }
  mkdirSync(dirname(bundleFiles.parts), { recursive: true })
  const parts: BundleParts = {
    code: inAscii(`(function (require, addon, given) {${outputFiles[0]?.text}})`),
    cache: new Uint8Array(),
    runtime: inAscii(linkRuntime(runtimeTexts(), 'main.js')),
    runtimeCache: new Uint8Array(),
    library: await libraryText(),
  }
  replace(bundleFiles.parts, packBundle({ ...parts, ...makeCaches(parts) }))
  replace(bundleFiles.inputs, JSON.stringify(inputs))
}

/** esbuild escapes what is not ASCII in strings; what is left stands in comments and in regular expressions, which read the same so. */
function inAscii(code: string): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return code.replace(/[^\0-\x7f]/g, escaped)
}

/** What V8 has compiled when a first script has booted. V8 takes it only if it is the same V8 with the same flags. */
function makeCaches(parts: BundleParts): Pick<BundleParts, 'cache' | 'runtimeCache'> {
  const scratch = mkdtempSync(join(tmpdir(), 'vms-bundle-'))
  const place = (name: string): string => join(scratch, name)
  try {
    writeFileSync(place('code'), parts.code)
    writeFileSync(place('runtime'), parts.runtime)
    writeFileSync(place('library'), parts.library)
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
    if (status !== 0) return { cache: new Uint8Array(), runtimeCache: new Uint8Array() }
    return {
      cache: readFileSync(place('cache')),
      runtimeCache: readFileSync(place('runtime-cache')),
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Unlike the child, what makes the cache reads and writes files. The flags for that are no part of what V8 compares. */
const ownRights = ['--allow-fs-read=*', '--allow-fs-write=*']

/**
 * Runs the child on messages from a file, and keeps what V8 has compiled. In the isolate the runtime's code is compiled once more: V8 then
 * finds what it has, with all functions that have run since.
 */
const cacheMaker = `
const [, addonFile, folder] = process.argv
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const bytes = (name) => readFileSync(join(folder, name))
const addon = { exports: {} }
process.dlopen(addon, addonFile)
const { ivm } = addon.exports
let isolate
const kept = function (options) {
  isolate = new ivm.Isolate(options)
  return isolate
}
const given = { runtime: bytes('runtime'), runtimeCache: Buffer.alloc(0), library: bytes('library') }
const script = new (require('node:vm').Script)(bytes('code').latin1Slice(), { filename: 'vms:child' })
const { exit } = process
process.exit = () => {}
script.runInThisContext()(require, { ivm: { __proto__: ivm, Isolate: kept } }, given)
writeFileSync(join(folder, 'cache'), script.createCachedData())
const runtime = isolate.compileScriptSync(given.runtime.latin1Slice(), {
  filename: 'vms:runtime.js',
  produceCachedData: true,
})
writeFileSync(join(folder, 'runtime-cache'), Buffer.from(runtime.cachedData.copy()))
exit(0)
`

/** Ordinary code of many kinds: what reads and instruments it is then compiled already when a machine starts. */
const firstScript = `
'use strict'
const limit = 2, names = new Map(), { max, min: least } = Math
let total = 0
class Item {
  #name
  kind = 'item'
  constructor(name) { this.#name = name }
  get name() { return this.#name }
  static of(...names) { return names.map((name) => new Item(name)) }
}
class Named extends Item { toString() { return \`\${super.name}: \${this.kind}\` } }
function add(a, b = 1, ...rest) { total += a * b + rest.length; return total > limit ? total : -total }
function* upTo(end) { let i = 0; while (i < end) yield i++ }
exports.init = async () => { await System.files.writeFile('/first', '1') }
exports.first = async ({ id, deep: { list = [] } = {} } = {}, ...others) => {
  const text = await System.files.readFile('/first', 'utf8').catch(() => '0')
  for (const [key, value] of Object.entries({ a: 1, ['b']: [2], ...others })) names.set(key, value)
  for (let i = 0; i < 2; i++) { if (i % 2 === 1) continue; else add(i, ...list) }
  for (const key in { a: 1 }) names.delete(key)
  do total -= 1; while (total > 0 && !names.has('none'))
  switch (text) { case '1': total++; break; default: total ||= 1 }
  try { if (id?.length === 0) throw new TypeError('empty') } catch (error) { console.log(error.message) } finally { total = +total | 0 }
  return [...upTo(2), String(new Named('x')), /^[a-z]+$/i.test('first'), max(1, least(2, 3)), typeof id, void 0]
}
`

/** A start and a boot. */
function firstMessages(): Buffer {
  const start: ToChild = [
    'start',
    {
      script: firstScript,
      name: 'first.js',
      codec: jsonCodec,
      limits: defaultMachineLimits,
      service: defaultProcessLimits,
      info: { title: '', key: '' },
      traced: false,
      map: null,
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
