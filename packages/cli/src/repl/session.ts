/**
 * A REPL in which the methods of a service are functions: at a terminal, for piped text, or for one expression. It awaits a
 * promise before it shows the value.
 */
import type { EventEmitter } from 'node:events'
import { createInterface } from 'node:readline'
import { type REPLEval, type REPLServer, Recoverable, start, writer } from 'node:repl'
import { PassThrough, Writable } from 'node:stream'
import { inspect } from 'node:util'
import { VmsError } from '@vms/client'
import { CliError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'
import { didYouMean } from '../errors/nearest.ts'
import { safeOrder, safeText } from '../output/terminal-text.ts'
import { describe } from '../process/failure.ts'

/** Names in scope: `client` and the methods. */
export type Scope = Readonly<Record<string, unknown>>

/**
 * Evaluates a complete text. Rejects with the error of a call, with {@link ExpressionError} for any other error, and with
 * {@link Recoverable} if the text is incomplete.
 */
export type Evaluate = (text: string) => Promise<unknown>

/** An error in the typed text, and not of a call: a syntax error, an undefined name. */
export class ExpressionError extends CliError {
  /** `names`: the names in scope, to suggest one for a misspelt name. */
  constructor(thrown: unknown, what?: string, names: readonly string[] = []) {
    const said = describeThrown(thrown)
    const unknown = /(?: |\.)([\w$]+) is not (?:a function|defined)$/.exec(said)?.[1]
    const why = unknown === undefined ? said : `${said}${didYouMean(unknown, names)}`
    super('ERR_VMS_EXPRESSION', EXIT.no, what === undefined ? why : `${what}: ${why}`, {
      cause: thrown,
    })
  }
}

// Errors of the REPL's realm are no instances of this realm's Error.
function describeThrown(thrown: unknown): string {
  const { name, message } = (thrown ?? {}) as Partial<Error>
  if (typeof message !== 'string') return `thrown: ${String(thrown)}`
  return `${name}: ${name === 'SyntaxError' ? syntaxProblem(message) : message}`
}

/** The problem in a SyntaxError. For text with `await`, Node's REPL puts the line and a caret before it. */
function syntaxProblem(message: string): string {
  const whole = message.replace(/'\n'/, 'at the end of the text')
  const lines = whole.split('\n').filter((line) => !/^[\s^]*$/.test(line))
  return lines.join(' ') || 'the text does not parse'
}

/** A REPL without a terminal. */
export function createEvaluator(scope: Scope): { evaluate: Evaluate; close(): void } {
  const input = new PassThrough()
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const server = start({ input, output, terminal: false, prompt: '', useGlobal: false })
  prepare(server, scope)
  const names = Object.keys(scope)
  return {
    evaluate: (text) =>
      new Promise((resolve, reject) => {
        const failed = (error: unknown): void => reject(evaluationError(error, names))
        const domain = domainOf(server)
        domain?.once('error', failed)
        server.eval(`${text}\n`, server.context, 'repl', (error: unknown, value: unknown) => {
          domain?.off('error', failed)
          if (error) failed(error)
          else resolve(value)
        })
      }),
    close: () => server.close(),
  }
}

/**
 * Node 24's REPL gives an error of the text to its domain, and does not call back. The domain is not public. A Node whose REPL has
 * no domain calls back.
 */
const domainOf = (server: REPLServer): EventEmitter | undefined =>
  (server as { _domain?: EventEmitter })._domain

const evaluationError = (error: unknown, names: readonly string[]): unknown =>
  error instanceof VmsError || error instanceof Recoverable
    ? error
    : new ExpressionError(error, undefined, names)

/** The value of a complete text. Rejects as {@link Evaluate} does, and with {@link ExpressionError} for an incomplete text. */
export async function evaluateWhole(evaluate: Evaluate, text: string): Promise<unknown> {
  try {
    return await evaluate(text)
  } catch (error) {
    throw error instanceof Recoverable ? new ExpressionError(error.err) : error
  }
}

/**
 * Runs the statements of `input`, line by line, and gives each value to `onValue`. Rejects with the first error, and runs no
 * statement after it.
 */
export async function runPiped(
  input: NodeJS.ReadableStream,
  evaluate: Evaluate,
  onValue: (value: unknown) => void,
): Promise<void> {
  let pending = ''
  let unfinished: Recoverable | null = null
  for await (const line of createInterface({ input })) {
    pending += `${line}\n`
    if (pending.trim() === '') continue
    try {
      onValue(await evaluate(pending))
      pending = ''
      unfinished = null
    } catch (error) {
      if (!(error instanceof Recoverable)) throw error
      unfinished = error
    }
  }
  if (unfinished) throw new ExpressionError(unfinished.err)
}

export interface TerminalOptions {
  /** Ends the session. */
  readonly ended: AbortSignal
  readonly prompt: string
  /** The file of the history; null for none. */
  readonly historyFile: string | null
  /** The `.name` commands. `run` returns the text to print. */
  readonly commands: Readonly<Record<string, { help: string; run(): string }>>
}

/** A REPL at the terminal. Resolves when the person leaves it. */
export function runTerminal(
  scope: Scope,
  { prompt, historyFile, commands, ended }: TerminalOptions,
): Promise<void> {
  // No preview, because it evaluates before Enter, and nobody can take a call back.
  const server = start({
    prompt,
    useGlobal: false,
    ignoreUndefined: true,
    preview: false,
    writer: show,
  })
  prepare(server, scope)
  server.on('reset', () => Object.assign(server.context, scope))
  for (const [name, { help, run }] of Object.entries(commands)) {
    server.defineCommand(name, {
      help,
      action() {
        this.output.write(`${run()}\n`)
        this.displayPrompt()
      },
    })
  }
  if (historyFile !== null) server.setupHistory(historyFile, () => {})
  ended.addEventListener('abort', () => server.close())
  return new Promise((resolve) => server.once('exit', resolve))
}

/** The error of a call, in one line without a stack; any other value as Node shows it. */
function show(value: unknown): string {
  if (value instanceof VmsError) return safeText(`${describe(value)} [${value.code}]`)
  const colors = process.stdout.hasColors?.() ?? false
  return safeOrder(inspect(value, { ...writer.options, colors }))
}

function prepare(server: REPLServer, scope: Scope): void {
  Object.assign(server.context, scope)
  const evaluate = server.eval
  const awaiting: REPLEval = function (this: REPLServer, text, context, file, done) {
    evaluate.call(this, text, context, file, (error, value) => {
      if (error || !isPromise(value)) done(error, value)
      else
        value.then(
          (result) => done(null, result),
          // Without an Error, an empty reason would count as success.
          (reason) => done(reason || new Error(`rejected with ${String(reason)}`), undefined),
        )
    })
  }
  // The type says read-only, but a REPL has no other way to wrap the default evaluation.
  Object.assign(server, { eval: awaiting })
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as Promise<unknown> | null | undefined)?.then === 'function'
