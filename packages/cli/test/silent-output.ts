/** Output that is kept instead of shown. */
import { createOutput, type Output } from '../src/output/output.ts'

export interface Kept {
  stdout: string
  stderr: string
}

export function keep(env: NodeJS.ProcessEnv = {}, isTTY = false): { output: Output; kept: Kept } {
  const kept: Kept = { stdout: '', stderr: '' }
  const stream = (name: keyof Kept) => ({
    isTTY,
    write(chunk: string | Uint8Array, done?: (error?: Error | null) => void) {
      kept[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      done?.()
    },
  })
  return { output: createOutput(stream('stdout'), stream('stderr'), env), kept }
}

export const silent = (): Output => keep().output
