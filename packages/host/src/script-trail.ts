/** The script of a service, as upgrades have left it: which one runs, which one is to come, and from when on. */
import {
  announceUpgrade,
  type BootEntry,
  bootUpgrade,
  type CallResult,
  canServe,
  decodeEntry,
  decodeRequest,
  decodeScriptState,
  FIRST_SCRIPT,
  type FileChange,
  type GenesisEntry,
  type Request,
  readUpgrade,
  SCRIPT_FILE,
  type ScriptState,
  type ScriptText,
  upgradeIsDue,
} from '@vms/format'
import type { Ledger } from '@vms/ledger'

export class ScriptTrail {
  #state: ScriptState
  #delayMs: number
  #current: ScriptText
  #pending: ScriptText | null

  private constructor(
    { upgrade }: GenesisEntry,
    state: ScriptState,
    scripts: { current: ScriptText; pending: ScriptText | null },
  ) {
    this.#delayMs = upgrade.delayMs
    this.#state = state
    this.#current = scripts.current
    this.#pending = scripts.pending
  }

  /** Of a new service. */
  static begun(genesis: GenesisEntry): ScriptTrail {
    return new ScriptTrail(genesis, FIRST_SCRIPT, { current: genesis.script, pending: null })
  }

  /** Of a service whose ledger is opened again. */
  static async of(ledger: Ledger, genesis: GenesisEntry): Promise<ScriptTrail> {
    const file = genesis.upgrade.callers.length > 0 ? await ledger.files.read(SCRIPT_FILE) : null
    if (!file) return ScriptTrail.begun(genesis)
    const state = decodeScriptState(file)
    const { current, pending } = state
    return new ScriptTrail(genesis, state, {
      current: current === null ? genesis.script : await scriptOf(ledger, current),
      pending: pending && (await scriptOf(ledger, pending.entry)),
    })
  }

  /** The script that runs. */
  get current(): ScriptText {
    return this.#current
  }

  /** Index of the boot that requests must have seen. */
  get since(): number {
    return this.#state.since
  }

  /** When the pending upgrade takes effect, in milliseconds since 1970; null if there is none. */
  get due(): number | null {
    return this.#state.pending?.due ?? null
  }

  isDue(time: number): boolean {
    return upgradeIsDue(this.#state, time)
  }

  /** The script that has to boot at `time`. */
  scriptAt(time: number): ScriptText {
    return this.isDue(time) && this.#pending ? this.#pending : this.#current
  }

  /** Takes in an upgrade that stands at `entry`, and says what comes of it. */
  announce(request: Request, entry: number, time: number): CallResult {
    const { state, result } = announceUpgrade(this.#state, { entry, time, delayMs: this.#delayMs })
    this.#state = state
    this.#pending = readUpgrade(request)
    return result
  }

  /** Takes in a boot at `entry`, and says what it changes in the files. */
  booted(boot: BootEntry, entry: number): FileChange[] {
    if (boot.reason !== 'upgrade') return []
    const served = canServe(boot)
    const { state, change } = bootUpgrade(this.#state, { entry, time: boot.time, served })
    if (served && this.#pending) this.#current = this.#pending
    this.#state = state
    this.#pending = null
    return [change]
  }
}

async function scriptOf(ledger: Ledger, index: number): Promise<ScriptText> {
  const entry = decodeEntry(await ledger.get(index))
  if (entry.type !== 'calls') throw new Error(`entry ${index} is a ${entry.type}, and no upgrade`)
  return readUpgrade(decodeRequest(entry.request))
}
