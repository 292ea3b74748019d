/** The process: runs one command line and exits with its code. */
import { Console } from 'node:console'
import { createOutput } from './output/output.ts'
import type { Context } from './process/context.ts'
import { runCommand } from './program.ts'

// Libraries print to the console what they find remarkable, hypercore for one a fork. stdout is the machine's.
globalThis.console = new Console(process.stderr)

const context: Context = {
  output: createOutput(process.stdout, process.stderr, process.env),
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  exitCode: 0,
}

process.stdout.on('error', async (error: NodeJS.ErrnoException) => {
  // `vms log … | head` closes our stdout early: that is the reader's right and no error.
  if (error.code === 'EPIPE') {
    if (!context.outlivesReader) process.exit(context.exitCode)
    return
  }
  const { reportFailure } = await import('./process/failure.ts')
  process.exit(reportFailure(error, context.output))
})

// A host whose terminal is gone goes on serving.
process.stderr.on('error', () => {})

const exitCode = await runCommand(process.argv.slice(2), context)

// Both streams are written out first; then whatever may still hold a socket open does not keep a person waiting.
await Promise.all(
  [process.stdout, process.stderr].map(
    (stream) => new Promise((resolve) => stream.write('', resolve)),
  ),
)
process.exit(exitCode)
