/** Compares the replayed top level of a script with its boot entry. */
import { type BootEntry, encodeValue, type Value } from '@vms/format'
import { compareValues, type Difference } from './compare.ts'

/** Leaves out the engine: another engine may run the same script. */
const compared = ({ scriptHash, methods, outcome }: BootEntry) => ({
  scriptHash,
  methods: [...methods],
  outcome: outcome as unknown as Value,
})

export function compareBoots(
  replayed: BootEntry,
  recorded: BootEntry,
): { readonly difference: Difference | null; readonly replayed: Uint8Array } {
  const expected = compared(replayed)
  return {
    difference: compareValues(expected, compared(recorded), '$'),
    replayed: encodeValue(expected),
  }
}
