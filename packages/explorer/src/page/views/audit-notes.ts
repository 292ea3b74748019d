/** The notes of a check for the reader, as `vms verify` prints them below its verdict. They are no accusation. */
import type { LedgerNotes } from '@vms/client'
import { count, counted, duration } from '../model/words.ts'
import { h } from '../widgets/element.ts'
import { fact, timeElement } from '../widgets/pieces.ts'

/** `isDebug`: the host did not check the names of callers. */
export const auditNotes = (notes: LedgerNotes, isDebug: boolean): HTMLElement =>
  h(
    'dl',
    { class: 'facts', 'aria-label': 'Notes' },
    timesNote(notes.times),
    bootsNote(notes.boots),
    ...alarmNotes(notes.alarms),
    notes.oracles > 0 &&
      fact(
        'Oracles',
        `Used by ${counted(notes.oracles, 'call')}`,
        'The script asked a source outside the ledger. The host recorded the answers; nobody can reproduce them.',
      ),
    isDebug && fact('Callers', 'Names only', 'Debug mode: nobody signed for the names.'),
  )

function timesNote(times: LedgerNotes['times']): HTMLElement | null {
  if (!times) return null
  const { first, last, aheadMs } = times
  return fact(
    'Time',
    h('span', {}, timeElement(first), ' to ', timeElement(last)),
    aheadMs > 0
      ? `The last entry is ${duration(aheadMs)} ahead of this computer’s clock: one of the two clocks is wrong.`
      : 'By the host’s clock. The last entry is not ahead of this computer’s clock.',
  )
}

function bootsNote({ restart, refusal }: LedgerNotes['boots']): HTMLElement | null {
  if (restart + refusal === 0) return null
  const counts = [
    ...(restart > 0 ? [counted(restart, 'restart')] : []),
    ...(refusal > 0 ? [`${counted(refusal, 'boot')} after a refused request`] : []),
  ]
  return fact(
    'Boots without a cause',
    counts.join(', '),
    'No entry shows why the host started the script anew. Each boot empties the script’s memory.',
  )
}

function alarmNotes({ fired, skipped, latestMs, waiting }: LedgerNotes['alarms']): HTMLElement[] {
  const notes: HTMLElement[] = []
  const pending = waiting?.pending ?? 0
  if (fired + pending > 0) {
    const late = fired > 0 ? `, at most ${duration(latestMs)} late` : ''
    notes.push(fact('Alarms', `${count(fired)} fired${late}; ${count(pending)} pending`))
  }
  if (waiting && waiting.overdue > 0) {
    notes.push(
      fact(
        'Overdue alarms',
        `${count(waiting.overdue)}, the first due ${duration(waiting.overdueMs)} ago`,
        'By this computer’s clock. A host that runs fires its alarms; a stopped host fires none.',
      ),
    )
  }
  if (skipped > 0) {
    notes.push(
      fact(
        'Skipped alarms',
        count(skipped),
        'The host says that its machine could not run them. Nobody can check that.',
      ),
    )
  }
  return notes
}
