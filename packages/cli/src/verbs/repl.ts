/** `vms repl`: calls by hand, in JavaScript. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { callerId, type ServiceInfo } from '@vms/client'
import type { Command } from 'commander'
import envPaths from 'env-paths'
import { type AnyRemote, openClient } from '../client.ts'
import type { Context } from '../context.ts'
import { valueToJson } from '../json.ts'
import { type BootstrapNode, bootstrapNodes, milliseconds } from '../options.ts'
import {
  createEvaluator,
  ExpressionError,
  evaluateWhole,
  runPiped,
  runTerminal,
  type Scope,
} from '../repl-session.ts'
import { safeText } from '../terminal-text.ts'

interface Options {
  readonly user?: string
  readonly eval?: string
  readonly key?: string
  readonly timeout?: number
  readonly bootstrap?: BootstrapNode[]
  readonly history: boolean
}

export function addRepl(program: Command, context: Context): void {
  program
    .command('repl')
    .description("call a service's methods interactively")
    .argument('<url>', 'address of the host, or vms://<key> to look for it on the DHT')
    .option('-u, --user <name>', 'call under a plain name (services in debug mode only)')
    .option('-e, --eval <expression>', 'evaluate this, print the value as JSON, and leave')
    .option('--key <file>', 'key file that signs the calls')
    .option('--timeout <ms>', 'how long to wait for a reply', milliseconds)
    .option('--bootstrap <host:port>', 'nodes of a DHT of your own, for vms://', bootstrapNodes)
    .option('--no-history', 'keep no history of what you type')
    .addHelpText(
      'after',
      `
Methods are in scope by name and on the object client; promises are awaited. Text from a pipe
runs line by line, values are printed as JSON, and the first error ends it with code 1.

Examples:
  vms repl :5555
  vms repl :5555 -e 'client.RSVP(true)'
  echo 'RSVP(false, "busy")' | vms repl :5555 -u bob`,
    )
    .action(async (url: string, options: Options) => {
      const { client, caller } = await openClient(context, url, options)
      try {
        const scope = scopeOf(client)
        if (options.eval !== undefined) await evaluateOnce(context, scope, options.eval)
        else if (context.stdin.isTTY) {
          greet(context, client.$info)
          await runTerminal(scope, {
            prompt: 'vms> ',
            historyFile: options.history ? historyFile() : null,
            commands: {
              methods: {
                help: 'List the methods',
                run: () => client.$info.methods.map(safeText).join('\n'),
              },
              whoami: {
                help: 'Show the id that your calls are recorded under',
                run: () => callerId(caller),
              },
              ledger: {
                help: 'Show the address of the call log',
                run: () => client.$info.callLogUrl,
              },
            },
          })
        } else await runScript(context, scope)
      } finally {
        client.$close()
      }
    })
}

function greet({ output }: Context, { methods, callLogUrl, filesArchiveUrl }: ServiceInfo): void {
  output.tell(`Connected. You can use the 'client' object to access the backend.`)
  output.tell(`Methods   ${safeText(methods.join(', '))}`)
  output.tell(`Call log  ${callLogUrl}`)
  output.tell(`Files     ${filesArchiveUrl}`)
  output.tell(
    output.style(
      'dim',
      'What you call is recorded for ever, arguments included. .help lists commands, .exit leaves.',
    ),
  )
}

/** `client`, and its methods by name. One that is named like a global of the REPL is at `client` only. */
const scopeOf = (client: AnyRemote): Scope => ({
  ...Object.fromEntries(Object.entries(client).filter(([name]) => !(name in globalThis))),
  client,
})

async function evaluateOnce({ output }: Context, scope: Scope, expression: string): Promise<void> {
  const { evaluate, close } = createEvaluator(scope)
  try {
    output.print(shown(await evaluateWhole(evaluate, expression)))
  } finally {
    close()
  }
}

async function runScript({ output, stdin }: Context, scope: Scope): Promise<void> {
  const { evaluate, close } = createEvaluator(scope)
  try {
    await runPiped(stdin, evaluate, (value) => {
      if (value !== undefined) output.print(shown(value))
    })
  } finally {
    close()
  }
}

/** A value as JSON. What a person types may come to anything, also to what JSON cannot say. */
function shown(value: unknown): string {
  try {
    return valueToJson(value)
  } catch (cause) {
    const thrown =
      cause instanceof RangeError ? new Error('it is nested too deeply, or holds itself') : cause
    throw new ExpressionError(thrown, 'the value cannot be shown as JSON')
  }
}

/** What was typed may hold things that are nobody else's business, so the file exists with the right mode before it is used. */
function historyFile(): string {
  const file = join(envPaths('vms', { suffix: '' }).log, 'repl_history')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  return file
}
