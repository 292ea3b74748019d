/** The command line as a whole: its verbs, its help, and how it ends. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { EXIT, EXIT_HELP } from './errors/exit.ts'
import { failureOf, reportFailure } from './errors/failure.ts'
import { text } from './options/options.ts'
import { safeJson } from './output/terminal-text.ts'
import type { Context } from './process/context.ts'
import { addCall } from './verbs/call.ts'
import { addCheck } from './verbs/check.ts'
import { addDeploy } from './verbs/deploy.ts'
import { addDev } from './verbs/dev.ts'
import { addExec } from './verbs/exec.ts'
import { addFiles } from './verbs/files.ts'
import { addHost } from './verbs/host.ts'
import { addInfo } from './verbs/info.ts'
import { addKey } from './verbs/key.ts'
import { addLog } from './verbs/log.ts'
import { addManage } from './verbs/manage.ts'
import { addRepl } from './verbs/repl.ts'
import { addServices } from './verbs/services.ts'
import { addTypes } from './verbs/types.ts'
import { addUpgrade } from './verbs/upgrade.ts'
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
    context.exitCode = reportFailure(error, context.output)
    if (context.exitCode !== EXIT.done && wantsJson(args)) {
      context.output.print(safeJson({ version: 1, error: failureOf(error) }))
    }
    return context.exitCode
  }
}

/** Whether stdout is to be JSON. Asked of the bare words, because what is wrong with them may be anything. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const flags = end === -1 ? args : args.slice(0, end)
  return flags.includes('--json') || flags.includes('--jsonl')
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
      writeOut: (help) => output.print(help.replace(/\n$/, '')),
      writeErr: (help) => output.tell(help.replace(/\n$/, '')),
      // Said with a code and a hint, as every other error is, by who catches it.
      outputError: () => {},
    })
    .addHelpText('after', EXAMPLES + EXIT_HELP)
  addExec(program, context)
  addDev(program, context)
  addCheck(program, context)
  addCall(program, context)
  addRepl(program, context)
  addVerify(program, context)
  addLog(program, context)
  addFiles(program, context)
  addInfo(program, context)
  addTypes(program, context)
  addKey(program, context)
  addHost(program, context)
  addDeploy(program, context)
  addUpgrade(program, context)
  addServices(program, context)
  addManage(program, context)
  refuseEmpty(program)
  return program
}

/** Every flag and argument that takes a text wants one that says something; those with readers of their own see to it. */
function refuseEmpty(command: Command): void {
  const takers = [
    ...command.options.filter(({ required }) => required),
    ...command.registeredArguments.filter(({ variadic }) => !variadic),
  ]
  for (const taker of takers) if (!taker.parseArg) taker.argParser(text)
  for (const verb of command.commands) refuseEmpty(verb)
}

const EXAMPLES = `
Examples:
  vms exec rsvp.js                     serve a script at localhost:5555
  vms call :5555 RSVP true             call one of its methods, signed with your key
  vms check rsvp.js                    would it replay? see before you serve it
  vms verify :5555                     replay its whole history and compare
  vms repl :5555                       call methods interactively
  vms host --open                      serve many services, deployed by others
  vms deploy rsvp.js --to :5555        deploy one there

An address is localhost:5555, :5555, ws://…, https://…, or vms://<key> over the DHT.`

function version(): string {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return version
}
