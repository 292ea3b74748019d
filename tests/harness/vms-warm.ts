/**
 * The `vms` command in one process per worker, for tests of what commands print and how they exit: most of the time of a
 * short command is its start. The command line is the real one, with the real directory and environment. Signals, terminals,
 * streams that close and hosts need `vms-process.ts`.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { runCaptured } from './run-captured.ts'
import type { Finished } from './vms-process.ts'
import type { Workplace } from './workplace.ts'

/** Milliseconds after which a command that has not ended counts as hung. */
const PATIENCE_MS = 45_000

interface Asked {
  readonly id: number
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

interface Answered extends Finished {
  readonly id: number
}

let warm: ChildProcess | null = null
let last = 0
const waiting = new Map<number, PromiseWithResolvers<Finished>>()

/** Runs a command line to its end, without input. Rejects if it does not end. */
export async function vms(
  { path, env }: Workplace,
  args: readonly string[],
  extraEnv: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  warm ??= start()
  const id = ++last
  const answer = Promise.withResolvers<Finished>()
  waiting.set(id, answer)
  const timer = setTimeout(
    () => answer.reject(new Error(`vms ${args.join(' ')} does not end`)),
    PATIENCE_MS,
  )
  warm.send({ id, args, cwd: path, env: { ...env, ...extraEnv } } satisfies Asked)
  try {
    return await answer.promise
  } finally {
    clearTimeout(timer)
    waiting.delete(id)
  }
}

/** The process ends when this one does. */
function start(): ChildProcess {
  const child = fork(fileURLToPath(import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', ({ id, ...finished }: Answered) => waiting.get(id)?.resolve(finished))
  child.once('close', (code, signal) => {
    warm = null
    for (const { reject } of waiting.values())
      reject(new Error(`the process of the commands ended with ${code ?? signal}`))
  })
  child.unref()
  child.channel?.unref()
  return child
}

/** Command lines of one directory and environment run side by side; those of another wait until they have ended. */
async function serve(): Promise<void> {
  process.setMaxListeners(0)
  const running = new Set<Promise<void>>()
  let place = ''
  const begin = async ({ id, args, cwd, env }: Asked): Promise<void> => {
    const wanted = JSON.stringify([cwd, env])
    if (wanted !== place) {
      await Promise.all(running)
      process.chdir(cwd)
      for (const name of Object.keys(process.env)) delete process.env[name]
      Object.assign(process.env, env)
      place = wanted
    }
    const run = runCaptured(args).then((finished) => {
      process.send?.({ id, ...finished } satisfies Answered)
      running.delete(run)
    })
    running.add(run)
  }
  // esbuild's own process begins here, in a directory that stays: it ends if its directory is removed.
  let begun: Promise<unknown> = transform('')
  process.on('message', (asked: Asked) => {
    begun = begun.then(() => begin(asked))
  })
  process.on('disconnect', () => process.exit(0))
}

if (import.meta.main) await serve()
