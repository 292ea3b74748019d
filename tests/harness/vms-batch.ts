/**
 * Many command lines in one process, for tests of what is refused before much happens: most of such a process's time is
 * its start. The command line is the real one, with the real directory and environment; only its streams are kept apart.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runCaptured } from './run-captured.ts'
import type { Finished } from './vms-process.ts'
import type { Workplace } from './workplace.ts'

/** Command lines that run at a time. */
const AT_ONCE = 4

/** Milliseconds after which what has not ended counts as hung. */
const PATIENCE_MS = 50_000

export interface BatchOptions {
  /** Command lines that run at a time. */
  readonly atOnce?: number
  /** User and group to run as; default: ours. */
  readonly as?: { readonly uid: number; readonly gid: number }
}

/** Runs command lines and returns how each ended. Rejects if one never ends, or writes past its own streams. */
export async function vmsBatch(
  { path, env }: Workplace,
  lines: readonly (readonly string[])[],
  { atOnce = AT_ONCE, as }: BatchOptions = {},
): Promise<Finished[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), String(atOnce)], {
    cwd: path,
    env,
    stdio: 'pipe',
    ...as,
  })
  child.stdin.end(JSON.stringify(lines))
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (child.exitCode !== 0 || stderr !== '') {
    throw new Error(`the process ended with ${child.exitCode ?? child.signalCode}:\n${stderr}`)
  }
  return JSON.parse(stdout) as Finished[]
}

async function runLines(atOnce: number): Promise<void> {
  const lines = JSON.parse(await text(process.stdin)) as string[][]
  const results: Finished[] = []
  const unfinished = new Set<string>()
  const giveUp = (why: string): void => {
    console.error(`${why}:\n${[...unfinished].join('\n')}`)
    process.exit(1)
  }
  // Nothing is left to wait for, and some line still waits: at a keyboard the command would end without a word.
  process.once('beforeExit', () => giveUp('waited for nothing'))
  setTimeout(giveUp, PATIENCE_MS, 'took too long').unref()
  // Each line has listeners of its own for the signals.
  process.setMaxListeners(0)
  const waiting = lines.entries()
  const runNext = async (): Promise<void> => {
    for (const [index, args] of waiting) {
      const line = args.join(' ')
      unfinished.add(line)
      results[index] = await runCaptured(args)
      unfinished.delete(line)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runNext))
  process.stdout.write(JSON.stringify(results), () => process.exit(0))
}

if (import.meta.main) await runLines(Number(process.argv[2]))
