/**
 * `System.oracle`. The question travels as encoded values, and the host answers before the function returns. So the promise settles in the
 * same drain of microtasks, and uses have one order.
 */
import { host, makeRoom, putBytes, takeBytes } from '../core/bridge.js'
import { freeze, isWellFormed, markOurs, parse, typedArrayLength } from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { decode } from './calls.js'
import { encodeWithin, requireOpen } from './open-call.js'

/** Units of fuel for one question: a round trip to the host, without the oracle's own time. Each byte costs one more. */
const askUnits = 10_000

export function createOracle({ oracle: limits }, isCallOpen) {
  const bounds = freeze({ __proto__: null, maxBytes: limits.argsBytes })

  const requireCall = () => requireOpen(isCallOpen(), 'oracles', 'ERR_VMS_ORACLE_AT_TOP_LEVEL')

  const encodeArgs = (args) =>
    encodeWithin(args, bounds, 'the arguments of an oracle have', 'ERR_VMS_ORACLE_ARGS_TOO_LARGE')

  const holder = {
    async oracle(name, ...args) {
      requireCall()
      if (typeof name !== 'string' || name.length > limits.nameUnits || !isWellFormed(name)) {
        throw makeError(
          'TypeError',
          `the name of an oracle is a text of at most ${limits.nameUnits} characters`,
          'ERR_VMS_ORACLE_NAME',
        )
      }
      charge(askUnits)
      const encoded = encodeArgs(args)
      const argsLength = typedArrayLength(encoded)
      charge(argsLength)
      putBytes(encoded, argsLength)
      const answer = host('oracle', name, argsLength)
      // The host aborted the call, and the isolate is about to stop.
      if (answer === undefined) throw makeError('Error', 'the call is over', 'ERR_VMS_CALL_OVER')
      if (typeof answer === 'string') {
        const { name: kind, message, code } = parse(answer)
        throw makeError(kind, message, code)
      }
      if (answer < 0) {
        throw makeError(
          'RangeError',
          `a call may ask oracles ${limits.uses} times`,
          'ERR_VMS_ORACLE_USES',
        )
      }
      charge(answer)
      // The host writes only if there is room.
      if (makeRoom(answer)) host('oracleAnswer')
      return decode(takeBytes(answer))
    },
  }
  return markOurs(holder.oracle)
}
