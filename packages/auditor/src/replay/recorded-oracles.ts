/**
 * Oracles of a replay. They give the recorded answers in order while the script asks the recorded questions. The auditor compares the
 * resulting oracle uses like the rest of an outcome.
 */
import { type OracleUse, type Outcome, sameBytes } from '@vms/format'
import type { OracleAnswer, OraclePort } from '@vms/sandbox'

/** The answer to a script that asks another question than the recorded one. Its call differs from here on, whatever the answer. */
const diverged: OracleAnswer = {
  error: {
    name: 'Error',
    message: 'the ledger has no answer to this',
    code: 'ERR_VMS_ORACLE_DIVERGED',
  },
}

export class RecordedOracles {
  /** Recorded uses that the script has not asked for yet, by index of the entry and number of the call. */
  #left = new Map<number, OracleUse[][]>()

  /** The recorded outcomes of an entry before its replay, one for each call. An init counts as call 0. */
  expect(index: number, outcomes: readonly Outcome[]): void {
    // Most entries use no oracle.
    if (outcomes.every(({ oracles }) => oracles.length === 0)) return
    this.#left.set(
      index,
      outcomes.map(({ oracles }) => [...oracles]),
    )
  }

  /** Forgets an entry that was replayed, or that will not be. */
  forget(index: number): void {
    this.#left.delete(index)
  }

  /** The oracle port for the machine of the replay. */
  readonly port: OraclePort = async (name, args, { position, call }) => {
    const use = this.#left.get(position)?.[call]?.shift()
    if (!use || use.name !== name || !sameBytes(use.args, args)) return diverged
    return use.error ? { error: use.error } : { value: use.value as Uint8Array }
  }
}
