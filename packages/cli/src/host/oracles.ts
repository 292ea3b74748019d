/**
 * The oracles of a service: the functions that the operator's module exports, and `fetch` for the origins that a flag names.
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

/** Milliseconds within which the module must load. Without this limit, a module that waits for ever would end the process silently. */
const LOAD_MS = 20_000

export interface OracleFlags {
  /** File of an ES module. */
  readonly oracles?: string
  /** Origins, such as `https://api.example.org`. */
  readonly oracleFetch?: readonly string[]
}

interface OracleLoading extends LoadOptions {
  /** Whether to load the module again if it was saved since. Its imports are not loaded again. */
  readonly anew?: boolean
}

/** The flags that {@link loadOracles} reads. */
export const addOracleFlags = (command: Command): Command =>
  command
    .option('--oracles <module>', 'let the script ask the functions that this ES module exports')
    .option(
      '--oracle-fetch <origin>',
      'let the script read from https://… by System.oracle("fetch", url); repeatable',
      collect,
    )

/** The help about oracles. */
export const ORACLES_HELP = `
A script asks with "await System.oracle(name, …args)". Oracles run in this process, with all its
rights, while the other calls wait. The ledger publishes their questions and answers. An audit
replays what the script did with an answer, but it trusts you for the answer itself.`

/** Loads the oracles. Throws {@link UsageError} for a wrong flag, {@link OracleModuleError} for a fault in the module. */
export async function loadOracles(
  { oracles: file, oracleFetch: origins }: OracleFlags,
  options: OracleLoading,
): Promise<Oracles> {
  const functions = file === undefined ? {} : await exportsOf(file, options)
  if (origins === undefined) return functions
  if (Object.hasOwn(functions, 'fetch'))
    throw new UsageError(`${file} exports fetch, but --oracle-fetch provides fetch`, {
      hint: 'leave out one of the two',
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
    // Node's own names for a CommonJS module's exports, which also stand under their own names.
    if (name === 'default' || name === 'module.exports') continue
    if (typeof value !== 'function') {
      throw new OracleModuleError(path, `exports ${name}, which is no function`, {
        hint: 'export only the functions that scripts may ask',
      })
    }
    functions[name] = value as OracleFunction
  }
  if (Object.keys(functions).length > 0) return functions
  throw new OracleModuleError(path, 'exports no function', {
    hint: 'export one, such as: export async function rate(currency) { return 1.25 }',
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
      hint: 'the module runs once, before the service starts; correct it and try again',
      ...(frame !== '' && { frame: safeLines(frame) }),
    })
  } finally {
    late.abort()
  }
}

/** Throws the syntax error with its place, which Node does not give. Returns if the error is in another module. */
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

/** The lines of the stack in the module, before those in Node. */
function placesOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line))
  const end = frames.findIndex((line) => line.includes('node:'))
  return frames.slice(0, end === -1 ? undefined : end).join('\n')
}
