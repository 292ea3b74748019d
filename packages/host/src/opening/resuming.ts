/** Restores the last state of a service from its ledger and files. */
import {
  ALARMS_FOLDER,
  alarmDue,
  alarmPath,
  decodeEntry,
  decodeRequest,
  decodeScriptState,
  firstTrail,
  type GenesisEntry,
  PendingAlarms,
  readUpgrade,
  SCRIPT_FILE,
  type ScriptText,
  type ScriptTrail,
} from '@vms/format'
import type { LedgerPort } from '@vms/ledger'

type Files = Pick<LedgerPort['files'], 'list' | 'read'>

/** When the next alarm is due according to the files, in milliseconds since 1970; null if none is pending. */
export async function nextAlarm(files: Files): Promise<number | null> {
  const [first] = await files.list(ALARMS_FOLDER, { recursive: false })
  return first ? alarmDue(first.name) : null
}

/** All pending alarms. */
export async function pendingAlarms(files: Files): Promise<PendingAlarms> {
  const found: [string, Uint8Array][] = []
  for (const { name } of await files.list(ALARMS_FOLDER, { recursive: false })) {
    const data = await files.read(alarmPath(name))
    if (data) found.push([name, data])
  }
  return PendingAlarms.of(found)
}

/** The script in effect, and the pending one. */
export async function scriptTrail(ledger: LedgerPort, genesis: GenesisEntry): Promise<ScriptTrail> {
  const file = genesis.upgrade.callers.length > 0 ? await ledger.files.read(SCRIPT_FILE) : null
  if (!file) return firstTrail(genesis.script)
  const state = decodeScriptState(file)
  const { current, pending } = state
  return {
    state,
    current: current === null ? genesis.script : await scriptOf(ledger, current),
    pending: pending && (await scriptOf(ledger, pending.entry)),
  }
}

async function scriptOf(ledger: LedgerPort, index: number): Promise<ScriptText> {
  const entry = decodeEntry(await ledger.get(index))
  if (entry.type !== 'calls') throw new Error(`entry ${index} is a ${entry.type}, and no upgrade`)
  return readUpgrade(decodeRequest(entry.request))
}
