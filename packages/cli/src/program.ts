/** The whole command line: its verbs, its help, its errors. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { EXIT, EXIT_HELP } from './errors/exit.ts'
import { text } from './options/options.ts'
import { safeJson } from './output/terminal-text.ts'
import type { Context } from './process/context.ts'

type AddVerb = (program: Command, context: Context) => void

const manage = async (): Promise<AddVerb> => (await import('./verbs/manage.ts')).addManage

/** Loads the module of a verb. The order is that of `vms --help`. */
const VERBS: Readonly<Record<string, () => Promise<AddVerb>>> = {
  exec: async () => (await import('./verbs/exec.ts')).addExec,
  dev: async () => (await import('./verbs/dev.ts')).addDev,
  check: async () => (await import('./verbs/check.ts')).addCheck,
  call: async () => (await import('./verbs/call.ts')).addCall,
  repl: async () => (await import('./verbs/repl.ts')).addRepl,
  verify: async () => (await import('./verbs/verify.ts')).addVerify,
  log: async () => (await import('./verbs/log.ts')).addLog,
  files: async () => (await import('./verbs/files.ts')).addFiles,
  info: async () => (await import('./verbs/info.ts')).addInfo,
  types: async () => (await import('./verbs/types.ts')).addTypes,
  key: async () => (await import('./verbs/key.ts')).addKey,
  host: async () => (await import('./verbs/host.ts')).addHost,
  deploy: async () => (await import('./verbs/deploy.ts')).addDeploy,
  upgrade: async () => (await import('./verbs/upgrade.ts')).addUpgrade,
  services: async () => (await import('./verbs/services.ts')).addServices,
  stop: manage,
  start: manage,
  remove: manage,
}

/** Loads the verb that `args` begin with, because `vms call` needs no host. Loads all verbs for the help, and for a misspelt verb. */
async function verbsFor([first = '']: readonly string[]): Promise<AddVerb[]> {
  if (first === '--version' || first === '-V') return []
  const known = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined
  const loaders = known ? [known] : new Set(Object.values(VERBS))
  return Promise.all(Array.from(loaders, (load) => load()))
}

/** Runs `args` (without the program's own name) and resolves with the exit code. Never rejects. */
export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  try {
    const program = await createProgram(args, context)
    if (args.length === 0) {
      program.outputHelp({ error: true })
      return EXIT.usage
    }
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    // Commander throws after it showed the help or the version, too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    const { failureOf, reportFailure } = await import('./process/failure.ts')
    context.exitCode = reportFailure(error, context.output)
    if (context.exitCode !== EXIT.done && wantsJson(args)) {
      context.output.print(safeJson({ version: 1, error: failureOf(error) }))
    }
    return context.exitCode
  }
}

/** Whether stdout is for JSON. Looks at the bare words, because commander may have refused them. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const flags = end === -1 ? args : args.slice(0, end)
  return flags.includes('--json') || flags.includes('--jsonl')
}

/** The commander program. It does not end the process: it throws errors, and verbs set the exit code in `context`. */
async function createProgram(args: readonly string[], context: Context): Promise<Command> {
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
      // runCommand reports the error, with a code and a hint.
      outputError: () => {},
    })
    .addHelpText('after', EXAMPLES + EXIT_HELP)
  for (const add of await verbsFor(args)) add(program, context)
  refuseEmpty(program)
  return program
}

/** Refuses empty texts for all flags and arguments without a reader of their own. */
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
