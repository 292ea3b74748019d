/** Compares what the top level of a script comes to with what a boot entry says of it. */
import { type BootEntry, type Crypto, encodeValue, toOutcome, type Value } from '@vms/format'
import type { BootReport } from '@vms/sandbox'
import { compareValues, type Difference } from './compare.ts'

/** The engine is left out: another one may run the same. */
export function compareBoots(
  crypto: Crypto,
  boot: BootReport,
  { scriptHash, methods, outcome }: BootEntry,
): { readonly difference: Difference | null; readonly replayed: Uint8Array } {
  const expected = {
    scriptHash: boot.scriptHash,
    methods: [...boot.methods],
    outcome: toOutcome(crypto, boot.outcome) as unknown as Value,
  }
  const got = { scriptHash, methods, outcome: outcome as unknown as Value }
  return { difference: compareValues(expected, got, '$'), replayed: encodeValue(expected) }
}
