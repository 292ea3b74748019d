/**
 * Logging: the part of pino's interface that a host writes to, and its line for each request. Lines name the service, the
 * request's id, the caller and the methods, never arguments or results: people may read the log who do not know the ledger.
 */
import { callerId, decodeRequest, encodeKey, requestId } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { LedgerPort } from '@vms/ledger'
import { isBackstop } from '../errors/refusal.ts'
import type { Answered, Observer } from '../service/observer.ts'

/** A logger such as pino's. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Whether the logger writes lines of a level. Without it, the host assumes that it does. */
  isLevelEnabled?(level: string): boolean
}

/** Most methods to name in a line; a request may hold a thousand calls. */
const METHODS_SHOWN = 8

/** Writes a line for each request: refusals by a backstop as warnings, all others for debugging. */
export function requestLog(log: Log): Observer {
  const ids = new WeakMap<LedgerPort, string>()
  const idOf = (ledger: LedgerPort): string => {
    const known = ids.get(ledger)
    if (known !== undefined) return known
    const id = encodeKey(ledger.key)
    ids.set(ledger, id)
    return id
  }
  return {
    onAnswer(ledger, { request, ms, came }) {
      const refused = 'code' in came
      const warns = refused && isBackstop(came.code)
      if (!warns && log.isLevelEnabled?.('debug') === false) return
      const fields = {
        service: idOf(ledger),
        request: encodeKey(requestId(sodiumCrypto, request)),
        ...described(request),
        ms: Math.round(ms * 1_000) / 1_000,
      }
      if (!refused) {
        const outcomes = came.outcomes.map(({ status }) => status)
        log.debug({ ...fields, entry: came.index, outcomes: counted(outcomes) }, 'called')
      } else if (warns) log.warn({ ...fields, code: came.code }, came.message)
      else log.debug({ ...fields, code: came.code }, 'refused')
    },
    onGroup(ledger, entries, ms) {
      log.debug({ service: idOf(ledger), entries: entries.length, ms }, 'committed')
    },
    onFault(service, { name, code, reason }) {
      log.error({ service, code, name }, `the service is faulted: ${reason}`)
    },
  }
}

/** Caller and methods of a request; no fields for bytes that are no request. */
function described(bytes: Answered['request']): object {
  try {
    const { caller, calls } = decodeRequest(bytes)
    const methods = calls.slice(0, METHODS_SHOWN).map(([method]) => method)
    return { caller: callerId(caller), calls: calls.length, methods }
  } catch {
    return {}
  }
}

const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
