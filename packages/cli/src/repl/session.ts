/**
 * A REPL in which a service's methods are functions: at a terminal, over piped text, or for one expression. Promises are
 * awaited before anything is shown, at the top level and in the value of an expression.
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
 * Evaluates one complete piece of text. Rejects with what a call throws, with {@link ExpressionError} for anything else,
 * with {@link Recoverable} if the text is not complete.
 */
export type Evaluate = (text: string) => Promise<unknown>

/** What a person typed went wrong, on this side: a name that is not defined, a syntax error. */
export class ExpressionError extends CliError {
  /** `names`: those in scope, to suggest one for a name that is misspelt. */
  constructor(thrown: unknown, what?: string, names: readonly string[] = []) {
    const said = describeThrown(thrown)
    const unknown = /(?: |\.)([\w$]+) is not (?:a function|defined)$/.exec(said)?.[1]
    const why = unknown === undefined ? said : `${said}${didYouMean(unknown, names)}`
    super('ERR_VMS_EXPRESSION', EXIT.no, what === undefined ? why : `${what}: ${why}`, {
      cause: thrown,
    })
  }
}

// Errors of the REPL's realm are no instances of ours.
function describeThrown(thrown: unknown): string {
  const { name, message } = (thrown ?? {}) as Partial<Error>
  if (typeof message !== 'string') return `thrown: ${String(thrown)}`
  return `${name}: ${name === 'SyntaxError' ? syntaxProblem(message) : message}`
}

/** Where text holds `await`, Node's REPL puts the line and a caret before the problem, which may quote the end of the line. */
function syntaxProblem(message: string): string {
  const whole = message.replace(/'\n'/, 'at the end of the text')
  const lines = whole.split('\n').filter((line) => !/^[\s^]*$/.test(line))
  return lines.join(' ') || 'the text does not parse'
}

/** A REPL without a terminal, for text that comes from elsewhere. */
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
 * Node 24's REPL hands what the text itself throws to the domain that it runs in, and never calls back. There is no
 * public way to it; a Node whose REPL has no domain calls back.
 */
const domainOf = (server: REPLServer): EventEmitter | undefined =>
  (server as { _domain?: EventEmitter })._domain

const evaluationError = (error: unknown, names: readonly string[]): unknown =>
  error instanceof VmsError || error instanceof Recoverable
    ? error
    : new ExpressionError(error, undefined, names)

/** The value of one complete text. Rejects as {@link Evaluate} does, and for a text that is not complete as well. */
export async function evaluateWhole(evaluate: Evaluate, text: string): Promise<unknown> {
  try {
    return await evaluate(text)
  } catch (error) {
    throw error instanceof Recoverable ? new ExpressionError(error.err) : error
  }
}

/**
 * Runs the statements of `input`, line by line, and hands each value to `onValue`. Rejects with the first error; then
 * nothing behind it has run.
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
  /** File of earlier lines, null for none. */
  readonly historyFile: string | null
  /** `.name` commands: what they are for, and what they print. */
  readonly commands: Readonly<Record<string, { help: string; run(): string }>>
}

/** A REPL at the terminal. Resolves when the person leaves it. */
export function runTerminal(
  scope: Scope,
  { prompt, historyFile, commands, ended }: TerminalOptions,
): Promise<void> {
  // No preview: it evaluates before Enter, and a call is for ever.
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

/** What a call threw in one line, without the stack of this program; anything else as Node shows it. */
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
          // A reason that is nothing would pass for none.
          (reason) => done(reason || new Error(`rejected with ${String(reason)}`), undefined),
        )
    })
  }
  // Declared read-only, but this is how a REPL that evaluates otherwise with the default's help is made.
  Object.assign(server, { eval: awaiting })
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as Promise<unknown> | null | undefined)?.then === 'function'
