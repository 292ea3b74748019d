/**
 * Passes a script's question to the oracle of the machine's user, and holds the answer to the limits. The ledger records the answer in this
 * form, and in a replay it passes through here unchanged.
 */
import { SandboxError } from '../protocol/errors.ts'
import { errorUnits, type MachineLimits } from '../protocol/limits.ts'
import type { ErrorValue, OracleAnswer, OraclePort } from '../protocol/types.ts'
import { type OracleQuestion, packAnswer, type WireAnswer } from '../protocol/wire.ts'

export class OracleAnswers {
  readonly #port: OraclePort
  readonly #limits: Pick<MachineLimits, 'oracleResultBytes'>

  constructor(port: OraclePort | undefined, limits: Pick<MachineLimits, 'oracleResultBytes'>) {
    this.#port = port ?? none
    this.#limits = limits
  }

  /** @throws SandboxError ERR_VMS_ORACLE_UNAVAILABLE if the port failed, which is no answer */
  async answer([, name, args, context]: OracleQuestion): Promise<WireAnswer> {
    let answer: OracleAnswer
    try {
      answer = await this.#port(name, args, context)
    } catch (cause) {
      const message = `the oracle ${JSON.stringify(name)} could not be asked: ${(cause as Error).message}`
      throw new SandboxError('ERR_VMS_ORACLE_UNAVAILABLE', message, { cause })
    }
    return packAnswer(this.#bounded(answer))
  }

  #bounded(answer: OracleAnswer): OracleAnswer {
    if ('error' in answer) return { error: cutError(answer.error) }
    const limit = this.#limits.oracleResultBytes
    if (answer.value.byteLength <= limit) return answer
    return {
      error: {
        name: 'RangeError',
        message: `the oracle's result has ${answer.value.byteLength} bytes, the limit is ${limit}`,
        code: 'ERR_VMS_ORACLE_RESULT_TOO_LARGE',
      },
    }
  }
}

function cutError({ name, message, code }: ErrorValue): ErrorValue {
  return {
    name: cut(name, errorUnits.name),
    message: cut(message, errorUnits.message),
    code: code === null ? null : cut(code, errorUnits.code),
  }
}

/** Well-formed last: a cut can go through the middle of a pair. */
const cut = (text: string, units: number): string => text.slice(0, units).toWellFormed()

const none: OraclePort = async (name) => ({
  error: {
    name: 'Error',
    message: `there is no oracle ${JSON.stringify(name)} here: there are none`,
    code: 'ERR_VMS_ORACLE_UNKNOWN',
  },
})
