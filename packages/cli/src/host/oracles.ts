/**
 * Oracles of a service that the command line serves: the functions that a module of the operator's exports, and `fetch`
 * for the origins that a flag names.
 */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { OracleFunction, Oracles } from '@vms/host'
import type { Command } from 'commander'
import type { TransformFailure } from 'esbuild'
import { missingFile, OracleModuleError, UsageError } from '../errors/errors.ts'
import { collect } from '../options/options.ts'
import { safeLines } from '../output/terminal-text.ts'
import type { LoadOptions } from '../script/script.ts'
import { scriptError } from '../script/script-error.ts'

/** Milliseconds that the module may take to load: one that waits for ever would end this process without a word. */
const LOAD_MS = 20_000

export interface OracleFlags {
  /** File of an ES module. */
  readonly oracles?: string
  /** Origins, such as `https://api.example.org`. */
  readonly oracleFetch?: readonly string[]
}

interface OracleLoading extends LoadOptions {
  /** Whether the module is loaded as it was saved last, even if it was loaded before. What it imports is not loaded again. */
  readonly anew?: boolean
}

/** The flags that {@link loadOracles} reads. */
export const addOracleFlags = (command: Command): Command =>
  command
    .option('--oracles <module>', 'let the script ask the functions that this ES module exports')
    .option(
      '--oracle-fetch <origin>',
      'let the script read from https://… by System.oracle("fetch", url); more than once',
      collect,
    )

/** What the help says of them. */
export const ORACLES_HELP = `
A script asks with "await System.oracle(name, …args)". Oracles run in this process, with all its
rights, while the other calls wait. What they are asked and answer is public in the call log;
an audit replays what the script made of it, and takes the answer itself on your word.`

/** Throws {@link UsageError} for flags, {@link OracleModuleError} for what is wrong inside of the module. */
export async function loadOracles(
  { oracles: file, oracleFetch: origins }: OracleFlags,
  options: OracleLoading,
): Promise<Oracles> {
  const functions = file === undefined ? {} : await exportsOf(file, options)
  if (origins === undefined) return functions
  if (Object.hasOwn(functions, 'fetch'))
    throw new UsageError(`${file} exports fetch, which --oracle-fetch is for`, {
      hint: 'leave out the one or the other',
    })
  return { ...functions, fetch: await fetchFrom(origins) }
}

async function fetchFrom(origins: readonly string[]): Promise<OracleFunction> {
  const { fetchOracle } = await import('@vms/host')
  try {
    return fetchOracle({ origins })
  } catch (cause) {
    throw new UsageError(`--oracle-fetch: ${(cause as Error).message}`, { cause })
  }
}

async function exportsOf(
  file: string,
  options: OracleLoading,
): Promise<Record<string, OracleFunction>> {
  const path = resolve(options.cwd, file)
  const found = await stat(path).catch((cause) => {
    throw missingFile(file, options.cwd, cause)
  })
  if (!found.isFile()) throw new UsageError(`${file} is no file`)
  const url = pathToFileURL(path)
  if (options.anew) url.searchParams.set('saved', `${found.mtimeMs}`)
  const exported = await load(url, path, options)
  const functions: Record<string, OracleFunction> = {}
  for (const [name, value] of Object.entries(exported)) {
    // What `module.exports` holds comes a second time, by names of Node's own.
    if (name === 'default' || name === 'module.exports') continue
    if (typeof value !== 'function') {
      throw new OracleModuleError(path, `exports ${name}, which is no function`, {
        hint: 'export what scripts may ask for, and nothing else',
      })
    }
    functions[name] = value as OracleFunction
  }
  if (Object.keys(functions).length > 0) return functions
  throw new OracleModuleError(path, 'exports no function by a name', {
    hint: 'such as: export async function rate(currency) { return 1.25 }',
  })
}

async function load(
  url: URL,
  path: string,
  options: LoadOptions,
): Promise<Record<string, unknown>> {
  const late = new AbortController()
  try {
    return (await Promise.race([
      import(url.href),
      setTimeout(LOAD_MS, null, { signal: late.signal }).then(() => {
        throw new Error(`it takes longer than ${LOAD_MS / 1_000} s to load`)
      }),
    ])) as Record<string, unknown>
  } catch (cause) {
    if (cause instanceof SyntaxError) await showSyntax(path, options)
    const message = cause instanceof Error ? cause.message : String(cause)
    const frame = cause instanceof Error ? placesOf(cause) : ''
    throw new OracleModuleError(path, `cannot be loaded: ${message}`, {
      cause,
      hint: 'the module runs once, before the service starts; mend it and try again',
      ...(frame !== '' && { frame: safeLines(frame) }),
    })
  } finally {
    late.abort()
  }
}

/** Throws the error with its place, which the engine does not tell; returns if it is in another module than this. */
async function showSyntax(path: string, options: LoadOptions): Promise<void> {
  const { transform } = await import('esbuild')
  try {
    const loader = /ts$/.test(path) ? 'ts' : 'js'
    await transform(await readFile(path), {
      loader,
      sourcefile: path,
      logLevel: 'silent',
    })
  } catch (error) {
    const [first] = (error as Partial<TransformFailure>).errors ?? []
    if (first) throw scriptError(first, path, options)
  }
}

/** Where the module was when it threw: the lines of the stack before Node's own. */
function placesOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line))
  const end = frames.findIndex((line) => line.includes('node:'))
  return frames.slice(0, end === -1 ? undefined : end).join('\n')
}
