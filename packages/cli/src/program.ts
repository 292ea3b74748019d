/** The command line as a whole: its verbs, its help, and how it ends. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Context } from './context.ts'
import { EXIT, EXIT_HELP } from './exit.ts'
import { reportFailure } from './failure.ts'
import { addCall } from './verbs/call.ts'
import { addDev } from './verbs/dev.ts'
import { addExec } from './verbs/exec.ts'
import { addFiles } from './verbs/files.ts'
import { addInfo } from './verbs/info.ts'
import { addKey } from './verbs/key.ts'
import { addLog } from './verbs/log.ts'
import { addRepl } from './verbs/repl.ts'
import { addVerify } from './verbs/verify.ts'

/** Runs `args` (without the program's own name) and resolves with the exit code. Never rejects. */
export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  try {
    const program = createProgram(context)
    if (args.length === 0) {
      program.outputHelp({ error: true })
      return EXIT.usage
    }
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    return reportFailure(error, context.output)
  }
}

/** The commander program. Nothing in it ends the process: errors are thrown, codes are set in `context`. */
function createProgram(context: Context): Command {
  const { output } = context
  const program = new Command('vms')
    .description(
      'Serves backend scripts and proves that it ran them: serve one, call it, audit it.',
    )
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.replace(/\n$/, '')),
      writeErr: (text) => output.tell(text.replace(/\n$/, '')),
    })
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText('after', EXAMPLES + EXIT_HELP)
  addExec(program, context)
  addDev(program, context)
  addCall(program, context)
  addRepl(program, context)
  addVerify(program, context)
  addLog(program, context)
  addFiles(program, context)
  addInfo(program, context)
  addKey(program, context)
  return program
}

const EXAMPLES = `
Examples:
  vms exec rsvp.js                     serve a script at localhost:5555
  vms call :5555 RSVP true             call one of its methods, signed with your key
  vms verify :5555                     replay its whole history and compare
  vms repl :5555                       call methods interactively

An address is localhost:5555, :5555, ws://…, https://…, or vms://<key> over the DHT.`

function version(): string {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return version
}
