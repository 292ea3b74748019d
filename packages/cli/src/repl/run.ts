/** Runs `vms repl`: connects, and evaluates the lines that a person types, pipes, or gives with `-e`. */

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { callerId, isLie, type ServiceInfo } from '@vms/client'
import { type AnyRemote, openClient } from '../calls/client.ts'
import type { BootstrapNode } from '../options/options.ts'
import { valueToJson } from '../output/json.ts'
import { safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { personalDirectories } from '../process/directories.ts'
import {
  createEvaluator,
  ExpressionError,
  evaluateWhole,
  runPiped,
  runTerminal,
  type Scope,
} from './session.ts'

/** The flags of `vms repl`. */
export interface ReplOptions {
  readonly user?: string
  readonly eval?: string
  readonly key?: string
  readonly timeout?: number
  readonly bootstrap?: BootstrapNode[]
  readonly history: boolean
}

export async function runRepl(context: Context, url: string, options: ReplOptions): Promise<void> {
  const { client, caller } = await openClient(context, url, options)
  try {
    const scope = scopeOf(client)
    if (options.eval !== undefined) await evaluateOnce(context, scope, options.eval)
    else if (context.stdin.isTTY) {
      greet(context, client.$info)
      const lied = new AbortController()
      client.$on('error', (error) => {
        if (isLie(error)) lied.abort(error)
      })
      await runTerminal(scope, {
        ended: lied.signal,
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
            help: 'Show the address of the ledger',
            run: () => client.$info.callLogUrl,
          },
        },
      })
      lied.signal.throwIfAborted()
    } else await runScript(context, scope)
  } finally {
    client.$close()
  }
}

function greet({ output }: Context, { methods, callLogUrl, filesArchiveUrl }: ServiceInfo): void {
  output.tell(`Connected. You can use the 'client' object to access the backend.`)
  output.tell(`Methods   ${safeText(methods.join(', '))}`)
  output.tell(`Ledger    ${callLogUrl}`)
  output.tell(`Files     ${filesArchiveUrl}`)
  output.tell(
    output.style(
      'dim',
      'What you call is recorded for ever, arguments included. .help lists commands, .exit leaves.',
    ),
  )
}

/** `client`, and its methods by their names. A method with the name of a global is at `client` only. */
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

/** A value as JSON. Throws {@link ExpressionError} for a value without a form in JSON. */
function shown(value: unknown): string {
  try {
    return valueToJson(value)
  } catch (cause) {
    // Not instanceof: the stack may overflow in a function of the REPL's realm, which throws an error of that realm.
    const isTooDeep = (cause as Partial<Error> | null)?.name === 'RangeError'
    const thrown = isTooDeep ? new Error('it is nested too deeply, or holds itself') : cause
    throw new ExpressionError(thrown, 'the value cannot be shown as JSON')
  }
}

/** The file of the history. It exists with mode 600 before its first use, because only the person may read what they typed. */
function historyFile(): string {
  const file = join(personalDirectories().log, 'repl_history')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  return file
}
