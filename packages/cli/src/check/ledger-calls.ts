/** The calls of a ledger, to run a script on them. */
import { type RehearsalCall, recordedCalls } from '@vms/auditor'
import { openSource, type SourceOptions } from '../connect/source.ts'
import type { Target } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'
import type { CallsFrom } from './calls.ts'

/** Calls, and the time of the boot before them. */
export interface RecordedCallsOf {
  readonly from: CallsFrom
  readonly calls: readonly RehearsalCall[]
  readonly time?: number
  readonly ledgerKey?: Uint8Array
}

export async function ledgerCalls(
  target: Target,
  options: SourceOptions,
): Promise<RecordedCallsOf> {
  const source = await openSource(target, options)
  try {
    const { calls, bootTime, ledgerKey } = await recordedCalls(source)
    if (calls.length === 0) throw new UsageError('that ledger holds no calls yet')
    return { from: 'ledger', calls, ledgerKey, ...(bootTime !== null && { time: bootTime }) }
  } finally {
    await source.close()
  }
}
