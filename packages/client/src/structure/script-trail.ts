/**
 * Finds the present script and the earlier ones, from the end of the ledger back. After each group, a file of the machine holds the state
 * of upgrades. So each upgrade in effect leads to the one before it, however long the ledger is.
 */
import {
  callerId,
  decodeScriptState,
  type Entry,
  FIRST_SCRIPT,
  type GenesisEntry,
  isUpgrade,
  readUpgrade,
  SCRIPT_FILE,
  type ScriptState,
  type ScriptText,
} from '@vms/format'
import { crypto } from '#crypto'
import { verifying } from '../errors/verifying.ts'
import { VmsFileError } from '../files/file-error.ts'
import { FilesReader } from '../files/files-reader.ts'
import type { BlockReader } from '../reading/block-reader.ts'
import { checkCalls } from '../reading/entry-calls.ts'
import { readEntries } from '../reading/read-entries.ts'

/** A script of the service. */
export interface ScriptVersion {
  readonly script: ScriptText
  /** Index of the entry that introduced it: 0 (the genesis) for the first script, the request's entry for an upgrade. */
  readonly entry: number
  /** Time of that entry in milliseconds; null for the genesis, which has none. */
  readonly time: number | null
  /** Id of the caller who upgraded to it, whose signature was checked; null for the first script. */
  readonly by: string | null
  /** Index of the boot that put it into effect; null while it is pending. */
  readonly boot: number | null
  /** Time of that boot. For a pending script, the time after which no call runs without it. In milliseconds. */
  readonly since: number
  /** Its methods, from the boot entry; null while it is pending. */
  readonly methods: readonly string[] | null
}

type Request = Pick<ScriptVersion, 'script' | 'entry' | 'time' | 'by'>
type Boot = Pick<ScriptVersion, 'boot' | 'since' | 'methods'>

/** The scripts under the present head: the pending one if there is, the one in effect, and the earlier ones. */
export async function* readScripts(
  reader: BlockReader,
  genesis: GenesisEntry,
): AsyncGenerator<ScriptVersion> {
  const files = new FilesReader(reader)
  const { head } = reader
  const entryAt = async (index: number): Promise<Entry> => {
    if (index >= head.length) throw reader.refuse('files', `an upgrade names entry ${index}`)
    for await (const { entry } of readEntries(reader, head, index, index + 1)) return entry
    throw reader.refuse('entries', `entry ${index} did not come`)
  }
  const noUpgrade = (index: number) =>
    reader.refuse('files', `the files name an upgrade at entry ${index}, where none may be`)
  const upgradeAt = async (index: number): Promise<Request> => {
    const entry = await entryAt(index)
    if (entry.type !== 'calls') throw noUpgrade(index)
    const { request, caller, signature } = await checkCalls(crypto, entry)
    const mayUpgrade = genesis.upgrade.callers.some((key) => callerId(key) === caller)
    if (signature !== 'holds' || !mayUpgrade || !isUpgrade(request)) throw noUpgrade(index)
    const script = verifying('entries', { request: entry.request }, () => readUpgrade(request))
    return { script, entry: index, time: entry.time, by: caller }
  }
  const bootAt = async (index: number): Promise<Boot> => {
    const entry = await entryAt(index)
    if (entry.type !== 'boot') throw reader.refuse('files', `entry ${index} starts no script`)
    return { boot: index, since: entry.time, methods: entry.methods }
  }

  let state = await stateAt(files, head.length, reader)
  if (state.pending) {
    const { entry, due } = state.pending
    yield { ...(await upgradeAt(entry)), boot: null, since: due, methods: null }
  }
  while (state.current !== null) {
    const { current, since } = state
    yield { ...(await upgradeAt(current)), ...(await bootAt(since)) }
    // A boot for an upgrade begins a group, so the files are known as they were before it.
    state = await stateAt(files, since, reader)
    if (state.since >= since) throw reader.refuse('files', 'the upgrades are not in order')
  }
  yield { script: genesis.script, entry: 0, time: null, by: null, ...(await bootAt(1)) }
}

/** The state of upgrades after the group that ends at `length`. A service without an upgrade has no such file. */
async function stateAt(
  files: FilesReader,
  length: number,
  reader: BlockReader,
): Promise<ScriptState> {
  let bytes: Uint8Array
  try {
    bytes = await (await files.version(length)).read(SCRIPT_FILE)
  } catch (error) {
    if (error instanceof VmsFileError && error.code === 'ENOENT') return FIRST_SCRIPT
    throw error
  }
  return verifying('files', { held: reader.head }, () => decodeScriptState(bytes))
}
