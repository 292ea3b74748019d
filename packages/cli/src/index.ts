/** The `vms` command line as a function, for programs that start it in their own process. */

export { CliError } from './errors/errors.ts'
export { EXIT, VERDICT_EXIT } from './errors/exit.ts'
export { createOutput, type Output, type TextStream } from './output/output.ts'
export type { Context } from './process/context.ts'
export { runCommand } from './program.ts'
