/** What a verb runs in: where its text goes, which directory and environment it sees, and the code it exits with. */
import type { Output } from '../output/output.ts'

export interface Context {
  readonly output: Output
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** Set by the verb; 0 until then. */
  exitCode: number
  /** Set by verbs that go on when nobody reads their stdout any more: a host serves others too. */
  outlivesReader?: boolean
}

/** How a person starts this program, for the hints: through npx where npm started it. */
export const commandName = (env: NodeJS.ProcessEnv): string =>
  env['npm_command'] ? 'npx vms' : 'vms'
