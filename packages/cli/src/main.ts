/** The process of a command: runs it and exits with its code. */
import { Console } from 'node:console'
import { createOutput } from './output/output.ts'
import type { Context } from './process/context.ts'
import { runCommand } from './program.ts'

// Libraries print to the console, hypercore for example when it finds a fork. stdout is for programs only.
globalThis.console = new Console(process.stderr)

const context: Context = {
  output: createOutput(process.stdout, process.stderr, process.env),
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  exitCode: 0,
}

/** Ends the process after an error of stdout. */
let ending: Promise<never> | null = null

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    ending ??= import('./process/failure.ts').then(({ reportFailure }) =>
      process.exit(reportFailure(error, context.output)),
    )
  // A reader may close our stdout early, such as `vms log … | head`. That is no error.
  else if (!context.outlivesReader) process.exit(context.exitCode)
})

// A host goes on serving after its terminal is gone.
process.stderr.on('error', () => {})

const exitCode = await runCommand(process.argv.slice(2), context)

// Writes out both streams, and then does not wait for open sockets.
await Promise.all(
  [process.stdout, process.stderr].map(
    (stream) => new Promise((resolve) => stream.write('', resolve)),
  ),
)
await ending
process.exit(exitCode)
