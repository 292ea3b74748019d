/** The `vms` command line as a function, for programs that start it in their own process. */
export type { Context } from './context.ts'
export { CliError } from './errors.ts'
export { EXIT, VERDICT_EXIT } from './exit.ts'
export { createOutput, type Output, type TextStream } from './output.ts'
export { runCommand } from './program.ts'
