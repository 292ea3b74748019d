/** The rules of format.md, "What may stand where", for the place of an entry: its type, the border of its group, its time, its epoch. */
import { sameBytes, toHex } from '../codec/bytes.ts'
import type { AlarmEntry, BootEntry, Entry, GenesisEntry } from '../entries/entry.ts'
import { isSpent } from '../entries/epoch.ts'
import type { Outcome } from '../entries/outcome.ts'
import type { Report } from './fault.ts'
import type { RuleState } from './rule-state.ts'

/** Rule 2. */
export function checkPlace({ length, atBorder }: RuleState, { type }: Entry, report: Report): void {
  const expected =
    (type === 'genesis') !== (length === 0)
      ? length === 0
        ? 'genesis'
        : 'boot, init, calls or alarm'
      : length === 1 && type !== 'boot'
        ? 'boot'
        : type === 'init' && (length !== 2 || atBorder)
          ? 'init only right after the first boot, in the group of the genesis'
          : length === 1 && atBorder
            ? 'boot in the group of the genesis'
            : null
  if (expected !== null) report('ENTRY_MISPLACED', { part: 'type', expected, got: type })
}

/** Rule 1. */
export function checkBorder(past: RuleState, { root }: Entry, report: Report): void {
  const expected = past.atBorder ? past.root() : null
  if (expected === null ? root === null : root !== null && sameBytes(root, expected)) return
  report(root !== null && expected !== null ? 'ROOT_MISMATCH' : 'BORDER_INVALID', {
    part: 'root',
    expected: expected ? toHex(expected) : 'none inside a group',
    got: root ? toHex(root) : 'none',
  })
}

/** Rule 2, for a genesis: each head has one signature, by the signer of the manifest. */
export function checkSigners(
  { signers: { quorum, keys } }: GenesisEntry,
  signer: Uint8Array,
  report: Report,
): void {
  const [first] = keys
  if (quorum === 1 && keys.length === 1 && first && sameBytes(first, signer)) return
  const expected = `the signer of the ledger's manifest alone, ${toHex(signer)}`
  const got = `${quorum} of ${keys.map(toHex).join(', ')}`
  report('SIGNERS_MISMATCH', { part: 'signers', expected, got })
}

/** Rule 4. */
export function checkTime(past: RuleState, time: number, report: Report): void {
  if (time < past.time) {
    const expected = `at least ${past.time}`
    report('TIME_BACKWARDS', { part: 'time', expected, got: String(time) })
  }
  past.time = Math.max(past.time, time)
}

/** Rule 3, except whether an upgrade is due. */
export function checkBoot(
  past: RuleState,
  { reason, outcome }: BootEntry,
  genesis: GenesisEntry,
  report: Report,
): void {
  const allowed = !past.booted
    ? ['start']
    : [
        'restart',
        'refusal',
        'upgrade',
        ...(past.aborted ? ['abort'] : []),
        ...(isSpent(past.epoch, genesis) ? ['epoch'] : []),
      ]
  if (!allowed.includes(reason)) {
    const expected = allowed.join(' or ')
    report('ENTRY_MISPLACED', { part: 'reason', expected, got: reason })
  }
  if (!past.booted) checkDeployed(outcome, report)
  // An audit can begin at a boot, so the files head before it must be signed.
  else if (!past.atBorder) {
    const expected = 'a boot at the beginning of a group'
    report('ENTRY_MISPLACED', { part: 'type', expected, got: 'a boot inside a group' })
  }
}

/** A service must not begin if its first boot or init does not return. */
export function checkDeployed({ status }: Outcome, report: Report): void {
  if (status === 'returned') return
  const expected = 'no service: its deployment failed'
  report('ENTRY_MISPLACED', { part: 'outcome', expected, got: status })
}

/** Rule 5. */
export function checkEpoch(
  { aborted, epoch }: RuleState,
  genesis: GenesisEntry,
  report: Report,
): void {
  if (!aborted && !isSpent(epoch, genesis)) return
  const { calls, bytes, fuel } = epoch
  const got = aborted
    ? 'calls after an abort'
    : `an entry after ${calls} calls, ${bytes} bytes and ${fuel} units of fuel`
  report('EPOCH_OVERRUN', { expected: 'a boot', got })
}

/** Rules 5 and 6. Only a replay shows whether the alarm was pending. */
export function checkAlarm({ running }: RuleState, entry: AlarmEntry, report: Report): void {
  const { time, due, method } = entry
  if (time < due) {
    report('ALARM_EARLY', { method, part: 'time', expected: `at least ${due}`, got: String(time) })
  }
  if (running) return
  const expected = 'a boot whose top level returned'
  report('ENTRY_MISPLACED', { method, part: 'type', expected, got: 'alarm' })
}
