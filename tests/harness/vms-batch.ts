/**
 * Many command lines in one process, for tests of what is refused before much happens: most of such a process's time is
 * its start. The command line is the real one, with the real directory and environment; only its streams are kept apart.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Finished } from './vms-process.ts'
import type { Workplace } from './workplace.ts'

/** Command lines that run at a time. */
const AT_ONCE = 4

/** Runs command lines and returns how each ended. Rejects if one of them took the process with it. */
export async function vmsBatch(
  { path, env }: Workplace,
  lines: readonly (readonly string[])[],
  atOnce = AT_ONCE,
): Promise<Finished[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), String(atOnce)], {
    cwd: path,
    env,
    stdio: 'pipe',
  })
  child.stdin.end(JSON.stringify(lines))
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (child.exitCode !== 0)
    throw new Error(`the process ended with ${child.exitCode ?? child.signalCode}:\n${stderr}`)
  return JSON.parse(stdout) as Finished[]
}

async function runLines(atOnce: number): Promise<void> {
  const { createOutput, runCommand } = await import('@vms/cli')
  const lines = JSON.parse(await text(process.stdin)) as string[][]
  const results: Finished[] = []
  const waiting = lines.entries()
  const unfinished = new Set<string>()
  // Nothing is left to wait for, and some line still waits: at a person's keyboard the command would end without a word.
  process.once('beforeExit', () => {
    console.error('never ended:', [...unfinished].join('\n'))
    process.exit(1)
  })
  const runNext = async (): Promise<void> => {
    for (const [index, args] of waiting) {
      const line = args.join(' ')
      unfinished.add(line)
      const kept = { stdout: '', stderr: '' }
      const stream = (name: 'stdout' | 'stderr') => ({
        write(chunk: string | Uint8Array, done?: (error?: Error | null) => void) {
          kept[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
          done?.()
        },
      })
      const code = await runCommand(args, {
        output: createOutput(stream('stdout'), stream('stderr'), process.env),
        cwd: process.cwd(),
        env: process.env,
        stdin: Readable.from([]),
        exitCode: 0,
      })
      unfinished.delete(line)
      results[index] = { code, ...kept }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runNext))
  process.stdout.write(JSON.stringify(results), () => process.exit(0))
}

if (import.meta.main) await runLines(Number(process.argv[2]))
