/** The calls of a ledger, as input of a rehearsal of its script or of a new version. */
import { callerId, decodeEntry, decodeRequest, decodeValue, requestId } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { LedgerSource } from '../read/source.ts'
import type { RehearsalCall } from './rehearsal-call.ts'

export interface RecordedCalls {
  readonly calls: readonly RehearsalCall[]
  /** Time of the first boot, in milliseconds since 1970; null if there is none. */
  readonly bootTime: number | null
  /** Key of the ledger. */
  readonly ledgerKey: Uint8Array
}

/** All executed calls, in order. Checks nothing, because an audit does that. Throws as the decoders do. */
export async function recordedCalls(source: LedgerSource): Promise<RecordedCalls> {
  const calls: RehearsalCall[] = []
  let bootTime: number | null = null
  for await (const block of source.entries(0, source.head.length)) {
    const entry = decodeEntry(block)
    if (entry.type === 'boot') bootTime ??= entry.time
    if (entry.type !== 'calls') continue
    const { caller, calls: asked } = decodeRequest(entry.request)
    const id = requestId(sodiumCrypto, entry.request)
    for (const [i, [method, args]] of asked.entries()) {
      const outcome = entry.outcomes[i]
      if (!outcome || outcome.status === 'skipped') continue
      calls.push({
        method,
        args: decodeValue(args) as unknown[],
        caller: callerId(caller),
        time: entry.time,
        recorded: { requestId: id, call: i },
        oracles: outcome.oracles,
      })
    }
  }
  return { calls, bootTime, ledgerKey: source.key }
}
