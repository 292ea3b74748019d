/**
 * Finds another Node on this computer, to decide a difference between engines. If there is none, names the command that downloads
 * one. It never downloads a Node itself, because the person decides that.
 */
import { execFile, spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type AuditReport, type Engine, nodesOf, sameEngine } from '@vms/auditor'
import { CliError, UsageError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'

const run = promisify(execFile)

/** Milliseconds within which a program called node must print its engine. */
const ASK_MS = 10_000

/** Most programs to ask. Each costs a start of Node, and a directory may hold any number of links. */
const CANDIDATES_MAX = 40

const NAME = process.platform === 'win32' ? 'node.exe' : 'node'

/** Set for the second audit, so that it does not start a third one. */
const AGAIN = 'VMS_VERIFIED_AGAIN'

/** The engine that recorded an undecided difference. Null if the report has none, or if this is already the second audit. */
export function engineToTry(
  { verdict, findings }: AuditReport,
  env: NodeJS.ProcessEnv,
): Engine | null {
  if (verdict !== 'engine-differs' || env[AGAIN]) return null
  const got = findings.find(({ code }) => code === 'ENGINE_DIFFERS')?.got
  try {
    return JSON.parse(got ?? 'null') as Engine | null
  } catch {
    return null
  }
}

/** The path of a Node on this computer with the engine `wanted`; null if there is none. */
export async function findNode(wanted: Engine, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (wanted.arch !== process.arch) return null
  for (const file of await candidates(env)) {
    const engine = await engineOf(file)
    if (engine && sameEngine(engine, wanted)) return file
  }
  return null
}

/** Programs called node: in the PATH, then in the directories of version managers. */
async function candidates(env: NodeJS.ProcessEnv): Promise<string[]> {
  const inPath = (env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute)
  const files = inPath.map((directory) => path.join(directory, NAME))
  const home = env['HOME'] ?? homedir()
  const managed: readonly (readonly [root: string, below: string])[] = [
    [env['NVM_DIR'] ?? path.join(home, '.nvm'), 'versions/node'],
    [env['FNM_DIR'] ?? path.join(home, '.local/share/fnm'), 'node-versions'],
    [env['VOLTA_HOME'] ?? path.join(home, '.volta'), 'tools/image/node'],
    [env['ASDF_DATA_DIR'] ?? path.join(home, '.asdf'), 'installs/nodejs'],
    [env['MISE_DATA_DIR'] ?? path.join(home, '.local/share/mise'), 'installs/node'],
  ]
  for (const [root, below] of managed) {
    const directory = path.join(root, below)
    for (const version of (await readdir(directory).catch(() => [])).sort().reverse()) {
      files.push(path.join(directory, version, 'bin', NAME))
      files.push(path.join(directory, version, 'installation', 'bin', NAME))
    }
  }
  return [...new Set(files)].slice(0, CANDIDATES_MAX)
}

const SAY =
  'const { v8, icu, unicode, tz } = process.versions; JSON.stringify({ v8, icu, unicode, tz, arch: process.arch })'

/** The engine of the Node at `file`; null if the program prints none. */
async function engineOf(file: string): Promise<Engine | null> {
  try {
    const { stdout } = await run(file, ['-p', SAY], { timeout: ASK_MS })
    const engine = JSON.parse(stdout) as Engine
    return typeof engine?.v8 === 'string' ? engine : null
  } catch {
    return null
  }
}

export interface AgainOptions {
  readonly node: string
  /** The arguments of this process after its script, with `--node`. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Runs the same command with another Node, on the streams of this process. Resolves with its exit code. Rejects with
 * {@link UsageError} if the program is no Node, because its exit code would mean nothing, and with {@link CliError} if a signal
 * ends it.
 */
export async function runAgain({ node, args, cwd, env, signal }: AgainOptions): Promise<number> {
  if (!(await engineOf(node)))
    throw new UsageError(`${node} is no Node.js: it does not print its engine`, {
      hint: '--node takes the path of a program called node, of version 24 or later',
    })
  const script = process.argv[1] as string
  const child = spawn(node, [script, ...withoutNode(args)], {
    cwd,
    env: { ...env, [AGAIN]: '1' },
    stdio: 'inherit',
    signal,
    killSignal: 'SIGINT',
  })
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signalName) => {
      if (code !== null) return resolve(code)
      const message = `${signalName} ended ${node} before the audit was complete`
      reject(new CliError('ERR_VMS_NODE_ENDED', EXIT.incomplete, message))
    })
  })
}

function withoutNode(args: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '--node') i += 1
    else if (!arg.startsWith('--node=')) kept.push(arg)
  }
  return kept
}

/** The lines of advice for a computer without a Node that has the engine. */
export function hintFor(
  { semantics, engine }: { readonly semantics: number; readonly engine: Engine },
  args: readonly string[],
): string[] {
  const nodes = nodesOf(semantics, engine)
  if (nodes === '') return ['This release of VMS knows no version of Node with that engine.']
  if (engine.arch !== process.arch)
    return [`To decide it, run the same command on a computer with ${engine.arch}, with ${nodes}.`]
  const major = /\d+/.exec(nodes)?.[0]
  const again = withoutNode(args).map(quoted).join(' ')
  return [
    `To decide it, run the same command with ${nodes}. This downloads one from the npm registry:`,
    `  vms ${again} --node "$(npx --yes --package node@${major} -c 'command -v node')"`,
  ]
}

const quoted = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`
