/** The rules of format.md, "What may stand where", that need no replay: form, place, borders, time, epochs. */
import {
  type AlarmEntry,
  type BootEntry,
  callsExecuted,
  type Entry,
  type GenesisEntry,
  type Outcome,
  sameBytes,
} from '@vms/format'
import type { Report } from './finding.ts'
import type { Past } from './past.ts'
import { checkBootUpgrade, checkRuns } from './upgrade-rules.ts'

/** Checks an entry against what was before, but for the request in it, and notes what it changes. `isUpgrade`: a request that brings a script. */
export function checkEntry(
  past: Past,
  entry: Entry,
  { genesis, isUpgrade }: { readonly genesis: GenesisEntry; readonly isUpgrade: boolean },
  report: Report,
): void {
  checkPlace(past, entry, report)
  checkBorder(past, entry, report)
  if (entry.type !== 'genesis') {
    if (entry.time < past.time) report('TIME_BACKWARDS', 'it is earlier than the entry before it')
    past.time = Math.max(past.time, entry.time)
  }
  switch (entry.type) {
    case 'genesis':
      past.window = entry.window
      return
    case 'boot':
      checkBoot(past, entry, genesis, report)
      checkBootUpgrade(past, entry, report)
      past.methods = new Set(entry.methods)
      past.epochCalls = 0
      past.aborted = false
      past.booted = true
      past.running = entry.outcome.status === 'returned'
      return
    case 'init':
      checkDeployed(entry.outcome, report)
      checkOracles([entry.outcome], genesis, report)
      return
    case 'calls':
      // It needs no machine, so no epoch counts it.
      if (isUpgrade) return
      checkEpoch(past, genesis, report)
      checkRuns(past, entry.time, report)
      checkOracles(entry.outcomes, genesis, report)
      count(past, entry.outcomes)
      return
    case 'alarm':
      checkEpoch(past, genesis, report)
      checkRuns(past, entry.time, report)
      checkAlarm(past, entry, report)
      checkOracles([entry.outcome], genesis, report)
      count(past, [entry.outcome])
      return
    default:
      entry satisfies never
  }
}

function checkPlace({ length, atBorder }: Past, { type }: Entry, report: Report): void {
  const isRight =
    (type === 'genesis') === (length === 0) &&
    (length !== 1 || (type === 'boot' && !atBorder)) &&
    (type !== 'init' || (length === 2 && !atBorder))
  if (!isRight) report('ENTRY_MISPLACED', `an entry of the type ${type} may not stand here`)
}

function checkBorder(past: Past, { root, type }: Entry, report: Report): void {
  if ((root !== null) !== past.atBorder) {
    report('BORDER_INVALID', 'where its group begins is marked wrongly')
  } else if (root && !sameBytes(root, past.root())) {
    const what =
      type === 'genesis'
        ? 'a history before the beginning'
        : 'another history than the one before it'
    report('ROOT_MISMATCH', `it names ${what}`)
  }
}

function checkBoot(
  past: Past,
  { reason, outcome }: BootEntry,
  genesis: GenesisEntry,
  report: Report,
): void {
  const { booted, aborted, epochCalls } = past
  if (!booted) checkDeployed(outcome, report)
  const isRight = booted
    ? reason === 'restart' ||
      reason === 'refusal' ||
      (reason === 'upgrade' && past.atBorder) ||
      (reason === 'abort' && aborted) ||
      (reason === 'epoch' && epochCalls >= genesis.epochCalls)
    : reason === 'start'
  if (!isRight) report('ENTRY_MISPLACED', `the script may not start here because of ${reason}`)
  if (outcome.oracles.length > 0) report('ORACLE_INVALID', 'a start asked the world outside')
}

function checkDeployed({ status }: Outcome, report: Report): void {
  if (status === 'returned') return
  report('ENTRY_MISPLACED', 'the service was never to begin: its first start failed')
}

function checkEpoch(past: Past, { epochCalls }: GenesisEntry, report: Report): void {
  if (!past.aborted && past.epochCalls < epochCalls) return
  report('EPOCH_OVERRUN', 'the script had to be started afresh before this')
}

function checkAlarm(past: Past, { time, due }: AlarmEntry, report: Report): void {
  if (time < due) report('ALARM_EARLY', 'the alarm was fired before it was due')
  if (!past.running) report('ENTRY_MISPLACED', 'the script was not running')
}

function checkOracles(
  outcomes: readonly Outcome[],
  { limits }: GenesisEntry,
  report: Report,
): void {
  const isTooMuch = outcomes.some(
    ({ oracles }) =>
      oracles.length > limits.oracleUses ||
      oracles.some(
        ({ args, value }) =>
          args.length > limits.oracleArgsBytes || (value?.length ?? 0) > limits.oracleResultBytes,
      ),
  )
  if (isTooMuch) report('ORACLE_INVALID', 'it asked more of the world outside than is allowed')
}

function count(past: Past, outcomes: readonly Outcome[]): void {
  past.epochCalls += callsExecuted(outcomes)
  past.aborted ||= outcomes.some(({ status }) => status === 'aborted')
}
