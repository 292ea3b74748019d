/**
 * Loads a script: the text that the ledger holds and every machine runs.
 *
 * Plain CommonJS without imports runs as it is, byte for byte, so that people recognise it in the ledger. Other scripts
 * (TypeScript, ES modules, scripts with imports) are bundled first.
 */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { BuildFailure, Metafile, Plugin } from 'esbuild'
import { missingFile, UsageError } from '../errors/errors.ts'
import { compileError, scriptError } from './script-error.ts'

export interface LoadedScript {
  /** File name without its directory. */
  readonly name: string
  /** The title of a service whose operator gives none. */
  readonly title: string
  readonly source: string
  readonly bundled: boolean
  /** Absolute paths of the script's files. */
  readonly inputs: readonly string[]
  /** Source map of a bundle, as JSON, with sources relative to the script's directory. Null if the script runs as it is. */
  readonly map: string | null
}

export interface LoadOptions {
  /** The directory of the command. `file`, and the file names in errors, are relative to it. */
  readonly cwd: string
  /** Whether code frames have colour. */
  readonly color?: boolean
}

/** The name of a script without its extension. */
export const titleOf = (file: string): string => basename(file, extname(file))

/** Extensions of files that may be plain CommonJS. */
const PLAIN = ['.js', '.cjs']

/**
 * The language version of bundles. It is fixed, so that a bundle does not depend on the Node that made it.
 */
const TARGET = 'es2024'

/**
 * Loads the script in `file`.
 * @throws {UsageError} if it cannot read the file; {@link ScriptError} with a code frame
 */
export async function loadScript(file: string, options: LoadOptions): Promise<LoadedScript> {
  const path = resolve(options.cwd, file)
  const source = await readScript(file, path, options)
  const { text, map, entry, inputs } = await bundle(path, options)
  const bundled =
    !PLAIN.includes(extname(path)) || entry.format === 'esm' || entry.imports.length > 0
  const runs = bundled ? flatten(text, entry.format) : source
  const error = compileError(runs, basename(path))
  if (error) throw scriptError(bundled ? { ...error, source: runs } : error, path, options)
  return {
    name: basename(path),
    title: titleOf(path),
    source: runs,
    bundled,
    inputs,
    map: bundled ? map : null,
  }
}

async function readScript(file: string, path: string, options: LoadOptions): Promise<string> {
  try {
    // The bundler reads the file again, and a pipe or device can be read once, or never ends.
    const found = await stat(path)
    if (!found.isFile() && !found.isDirectory()) throw new UsageError(`${file} is no regular file`)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw missingFile(file, options.cwd, cause)
    if (code === 'EISDIR') throw new UsageError(`${file} is a directory, not a script`, { cause })
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new UsageError(`${file} is not text in UTF-8`, { cause })
    throw new UsageError(`${file} cannot be read: ${message}`, { cause })
  }
}

/**
 * Refuses imports from the network and of styles. The bundler would leave the first for the machine to fetch, and put the second
 * into a file of their own.
 */
const localOnly: Plugin = {
  name: 'local-only',
  setup(build) {
    build.onResolve({ filter: /^(?:https?:)?\/\// }, ({ path }) => ({
      errors: [{ text: `Could not resolve "${path}"` }],
    }))
    build.onResolve({ filter: /\.css$/ }, ({ path }) => ({
      errors: [{ text: `Cannot import "${basename(path)}" into a JavaScript file` }],
    }))
  },
}

/** The number of unfinished bundles. After a stop of esbuild they would wait for ever. */
let building = 0

type Input = Metafile['inputs'][string]

async function bundle(
  path: string,
  options: LoadOptions,
): Promise<{ text: string; map: string; entry: Input; inputs: string[] }> {
  const esbuild = await import('esbuild')
  building += 1
  // The names in a bundle are relative to this, so that a start from another directory gives the same text.
  const folder = dirname(path)
  try {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints: [path],
      absWorkingDir: folder,
      bundle: true,
      write: false,
      metafile: true,
      // Apart from the bundle, which the ledger holds.
      sourcemap: 'external',
      outfile: `${path}.bundle`,
      format: 'cjs',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'require'],
      target: TARGET,
      charset: 'utf8',
      logLevel: 'silent',
      plugins: [localOnly],
    })
    return {
      text: outputFiles.find((file) => !file.path.endsWith('.map'))?.text ?? '',
      map: outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '',
      entry: metafile.inputs[basename(path)] as Input,
      inputs: Object.keys(metafile.inputs).map((input) => join(folder, input)),
    }
  } catch (cause) {
    const [first] = (cause as Partial<BuildFailure>).errors ?? []
    if (!first) throw cause
    throw scriptError(first, path, options)
  } finally {
    // esbuild is a process, which must not live as long as the host.
    building -= 1
    if (building === 0) await esbuild.stop()
  }
}

/** Makes plain properties of the exports. esbuild makes getters for an ES module. */
const flatten = (text: string, format: Input['format']): string =>
  format === 'esm' ? `${text}module.exports = { ...module.exports };\n` : text
