/**
 * Passes a script's question to the user's oracle port, and enforces the limits on the answer. The ledger records the checked answer. In a
 * replay the recorded answer passes through here unchanged.
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

  /** @throws SandboxError ERR_VMS_ORACLE_UNAVAILABLE if the port itself failed; such a failure is no answer */
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

/** Cuts a text. Then it repairs surrogates, because a cut can split a pair. */
const cut = (text: string, units: number): string => text.slice(0, units).toWellFormed()

const none: OraclePort = async (name) => ({
  error: {
    name: 'Error',
    message: `there is no oracle ${JSON.stringify(name)} here: there are none`,
    code: 'ERR_VMS_ORACLE_UNKNOWN',
  },
})
