/** A command line in this process: the real one, but for its streams, which are kept. */
import { Readable } from 'node:stream'
import type { Finished } from './vms-process.ts'

/** Resolves with how the command ended and what it wrote. Its directory and environment are those of the process; it has no input. */
export async function runCaptured(args: readonly string[]): Promise<Finished> {
  const { createOutput, runCommand } = await import('@vms/cli')
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
  return { code, ...kept }
}
