/** Compares what the top level of a script comes to with what a boot entry says of it. */
import { type BootEntry, encodeValue, type Value } from '@vms/format'
import { compareValues, type Difference } from './compare.ts'

/** The engine is left out: another one may run the same. */
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
