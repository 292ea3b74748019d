/** Lies: a host that holds the keys writes something else than what happened. */
import { type AlarmEntry, type CallsEntry, encodeValue, type Outcome } from '@vms/format'
import type { Group } from '@vms/ledger'
import type { Lie } from './plan.ts'

export interface InjectedLie {
  readonly group: Group
  /** Number of the entry in the group at which an auditor has to find the lie. */
  readonly at: number
}

/** The group with the lie in it; null if there is nothing in it that this lie is about. */
export function injectLie(lie: Lie, group: Group): InjectedLie | null {
  const entries = [...group.entries]
  const outcome = (change: (outcome: Outcome) => Outcome | null): InjectedLie | null => {
    for (const [at, entry] of entries.entries()) {
      const changed = inEntry(entry, change)
      if (changed) return { group: { ...group, entries: entries.with(at, changed) }, at }
    }
    return null
  }
  switch (lie) {
    case 'value':
      return outcome((one) =>
        one.status === 'returned' ? { ...one, value: encodeValue('a lie') } : null,
      )
    case 'fuel':
      return outcome((one) => (one.status === 'skipped' ? null : { ...one, fuel: one.fuel + 1 }))
    case 'error':
      return outcome((one) =>
        one.error ? { ...one, error: { ...one.error, message: 'a lie' } } : null,
      )
    case 'changes':
      return outcome((one) => (one.changes ? { ...one, changes: new Uint8Array(32) } : null))
    case 'file':
      return injectIntoFile(group)
    case 'alarm-args': {
      const at = entries.findIndex(({ type }) => type === 'alarm')
      if (at === -1) return null
      const args = encodeValue(['a lie'])
      const entry = { ...(entries[at] as AlarmEntry), args }
      return { group: { ...group, entries: entries.with(at, entry) }, at }
    }
    case 'methods': {
      const at = entries.findIndex(({ type }) => type === 'boot')
      const entry = entries[at]
      if (entry?.type !== 'boot' || entry.outcome.status !== 'returned') return null
      const methods = [...entry.methods, 'lie']
      return { group: { ...group, entries: entries.with(at, { ...entry, methods }) }, at }
    }
    default:
      return lie satisfies never
  }
}

function inEntry(
  entry: Group['entries'][number],
  change: (outcome: Outcome) => Outcome | null,
): CallsEntry | AlarmEntry | null {
  if (entry.type === 'alarm') {
    const outcome = change(entry.outcome)
    return outcome && { ...entry, outcome }
  }
  if (entry.type !== 'calls') return null
  for (const [call, outcome] of entry.outcomes.entries()) {
    const changed = change(outcome)
    if (changed) return { ...entry, outcomes: entry.outcomes.with(call, changed) }
  }
  return null
}

/** The last change of a path that no later one hides. It shows where the group ends. */
function injectIntoFile(group: Group): InjectedLie | null {
  const change = group.changes.at(-1)
  if (change?.kind !== 'file' || change.path.startsWith('/.vms')) return null
  const changes = group.changes.with(-1, { ...change, data: new Uint8Array([0]) })
  return { group: { ...group, changes }, at: group.entries.length - 1 }
}
