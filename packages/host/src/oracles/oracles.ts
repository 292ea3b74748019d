/**
 * Oracles: functions of the operator that a script may ask. The ledger records what they return or throw. Every reader can read it,
 * and no auditor can reproduce it.
 *
 * They run in this process, one at a time, while all other calls of the service wait. Whatever goes wrong with one is an
 * error for the script, and so part of the record.
 */
import { decodeValue, type ErrorValue, encodeValue, ORACLE_NAME, type Value } from '@vms/format'
import type { Timers } from '@vms/ledger'
import type { OracleContext as Asking, OracleAnswer, OraclePort } from '@vms/sandbox'
import { HostError } from '../errors/errors.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import { errorOf, stackOf } from './oracle-error.ts'

/** The `this` of an oracle function that is not an arrow function. */
export interface OracleContext {
  /** Aborts when the time is up or the host closes. The host ignores a later return value. */
  readonly signal: AbortSignal
  /** Id of the caller; null in `init`. */
  readonly caller: string | null
  /** Milliseconds since 1970: the time that the script sees. */
  readonly time: number
  /** Index that the call's entry will have if it is committed. A call that fails leaves no entry. */
  readonly entry: number
  /** The method that was called, with its arguments; null in `init`. */
  readonly call: { readonly method: string; readonly args: readonly Value[] } | null
}

/** The call at a place in the ledger that is being executed; null if there is none, as in `init`. */
export type RunningCall = (
  position: number,
  call: number,
) => { readonly method: string; readonly args: Uint8Array } | null

/** Takes the script's arguments and returns a value, or a promise of one. The script gets the name, message and code of its errors. */
export type OracleFunction = (this: OracleContext, ...args: never[]) => unknown

/** Oracles by name. An ES module's namespace works too. */
export type Oracles = Readonly<Record<string, OracleFunction>>

export interface HostOraclesOptions {
  readonly functions: Oracles
  readonly limits: Pick<ServiceLimits, 'oracleMs' | 'oracleRequestMs'>
  readonly timers: Timers
  /** Called with the error that an oracle threw, with its stack. The script gets no stack. */
  readonly onThrown?: (text: string) => void
}

export class HostOracles {
  #functions: ReadonlyMap<string, OracleFunction>
  #limits: HostOraclesOptions['limits']
  #timers: Timers
  #onThrown: HostOraclesOptions['onThrown']
  #closing = new AbortController()
  #waitedMs = 0

  /** Throws {@link HostError} for an invalid oracle. */
  constructor({ functions, limits, timers, onThrown }: HostOraclesOptions) {
    this.#functions = new Map(Object.entries(functions).map(checked))
    this.#limits = limits
    this.#timers = timers
    this.#onThrown = onThrown
  }

  /** Answers the questions of one machine. Tracks the time that the current request has left. */
  open(resultBytes: number, runningCall: RunningCall = () => null): OraclePort {
    let position = -1
    let leftMs = 0
    return async (name, args, asking) => {
      if (asking.position !== position) leftMs = this.#limits.oracleRequestMs
      ;({ position } = asking)
      const begun = performance.now()
      try {
        return await this.#answer(name, args, asking, { leftMs, resultBytes, runningCall })
      } finally {
        const ms = performance.now() - begun
        leftMs -= ms
        this.#waitedMs += ms
      }
    }
  }

  /** Milliseconds that calls waited for oracles since the last call of this method. */
  takeWaitedMs(): number {
    const ms = this.#waitedMs
    this.#waitedMs = 0
    return ms
  }

  /** Fails every pending and later question with `ERR_VMS_ORACLE_CLOSING`. */
  close(): void {
    this.#closing.abort()
  }

  async #answer(
    name: string,
    args: Uint8Array,
    { caller, time, position, call: number }: Asking,
    {
      leftMs,
      resultBytes,
      runningCall,
    }: { leftMs: number; resultBytes: number; runningCall: RunningCall },
  ): Promise<OracleAnswer> {
    const run = this.#functions.get(name)
    const shown = JSON.stringify(name)
    if (!run) return failed('ERR_VMS_ORACLE_UNKNOWN', `this host has no oracle ${shown}`)
    if (this.#closing.signal.aborted) return closed
    const { oracleMs, oracleRequestMs } = this.#limits
    // A timer may fire less than a millisecond early.
    if (leftMs < 1)
      return failed(
        'ERR_VMS_ORACLE_TIMEOUT',
        `the oracles of this request have had their ${oracleRequestMs} ms`,
      )
    const ms = Math.ceil(Math.min(oracleMs, leftMs))
    const ending = new AbortController()
    const { signal } = ending
    const ended = new Promise<OracleAnswer>((resolve) => {
      signal.addEventListener('abort', () => resolve(signal.reason as OracleAnswer))
    })
    const cancel = this.#timers.after(ms, () =>
      ending.abort(failed('ERR_VMS_ORACLE_TIMEOUT', `${shown} took longer than ${ms} ms`)),
    )
    const close = (): void => ending.abort(closed)
    this.#closing.signal.addEventListener('abort', close)
    const ask = async (): Promise<OracleAnswer> => {
      try {
        const given = valuesIn(args)
        const context: OracleContext = {
          signal,
          caller,
          time,
          entry: position,
          get call() {
            const running = runningCall(position, number)
            return running && { method: running.method, args: valuesIn(running.args) }
          },
        }
        const result = await Reflect.apply(run, context, given)
        return encoded(result, resultBytes, shown)
      } catch (error) {
        if (!signal.aborted) this.#onThrown?.(`oracle ${shown}: ${stackOf(error)}`)
        return { error: errorOf(error) }
      }
    }
    try {
      return await Promise.race([ended, ask()])
    } finally {
      cancel()
      this.#closing.signal.removeEventListener('abort', close)
    }
  }
}

const valuesIn = (args: Uint8Array): Value[] =>
  decodeValue(args, { maxBytes: args.length }) as Value[]

/** A result that the ledger cannot record becomes an error of the oracle. */
function encoded(result: unknown, maxBytes: number, shown: string): OracleAnswer {
  try {
    return { value: encodeValue(result as Value, { maxBytes }) }
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    if (code === 'ERR_VMS_VALUE_TOO_LARGE')
      return failed(
        'ERR_VMS_ORACLE_RESULT_TOO_LARGE',
        `the result of the oracle ${shown} has more than ${maxBytes} bytes`,
      )
    return failed(
      'ERR_VMS_ORACLE_RESULT',
      `the result of the oracle ${shown} is no value: ${message}`,
    )
  }
}

function failed(code: string, message: string): { error: ErrorValue } {
  return { error: { name: 'OracleError', message, code } }
}

const closed = failed('ERR_VMS_ORACLE_CLOSING', 'the host is closing')

function checked([name, value]: [string, unknown]): [string, OracleFunction] {
  const hint = 'an oracle is a function, under the name that scripts ask for'
  if (typeof value !== 'function')
    throw new HostError('ERR_VMS_ORACLE_INVALID', `${JSON.stringify(name)} is no function`, {
      hint,
    })
  if (name.length > ORACLE_NAME || !name.isWellFormed())
    throw new HostError(
      'ERR_VMS_ORACLE_INVALID',
      `a script cannot ask for ${JSON.stringify(name.slice(0, ORACLE_NAME))}…: names have at most ${ORACLE_NAME} characters`,
      { hint },
    )
  return [name, value as OracleFunction]
}
