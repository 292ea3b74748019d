/** The surroundings of a verb: output, directory, environment, and exit code. */
import type { Output } from '../output/output.ts'

export interface Context {
  readonly output: Output
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** Set by the verb; 0 until then. */
  exitCode: number
  /** Set by the verbs that continue when the reader of their stdout is gone, because a host serves others too. */
  outlivesReader?: boolean
}

/** How the person starts this program, for hints: through npx if npm started it. */
export const commandName = (env: NodeJS.ProcessEnv): string =>
  env['npm_command'] ? 'npx vms' : 'vms'
