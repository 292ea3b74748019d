/** Opens or creates the ledger of a directory, with the host's own keys, and compares the settings with the genesis. */
import {
  type Crypto,
  callerId,
  defaultOrigin,
  type GenesisEntry,
  type GenesisSettings,
  type MachineLimits,
} from '@vms/format'
import { type Ledger, LedgerError, type LedgerPort } from '@vms/ledger'
import { ScriptDiffersError, SettingDiffersError } from '../errors/errors.ts'
import { readGenesis } from '../service/history.ts'
import { fullSettings } from '../settings/settings.ts'
import { genesisBlock, makeGenesis, mustFit, type Script } from './deploy.ts'
import { type HostKeys, loadKeys, makeKeys, mustBeOf, saveKeys } from './keys.ts'
import { scriptTrail } from './resuming.ts'

/** Settings of a ledger. A new ledger gets them; an existing one must have them. */
export interface OpeningOptions {
  readonly script: Script
  readonly debug?: boolean
  readonly machineLimits?: Partial<MachineLimits>
  readonly epochCalls?: number
  readonly window?: number
  /** Who may upgrade the script of a new ledger, and how long before it takes effect. Default: nobody. */
  readonly upgrade?: GenesisEntry['upgrade']
  /** Bytes and units of fuel of an epoch of a new ledger. */
  readonly epochBytes?: number
  readonly epochFuel?: number
  /** Name of a new ledger in its checkpoints. Default: `vms/` and 64 random hexadecimal digits. */
  readonly origin?: string
}

/** Settings for a new ledger. */
export interface CreatingOptions {
  readonly script: Script
  readonly settings: GenesisSettings
  /** Default: nobody may upgrade. */
  readonly upgrade?: GenesisEntry['upgrade']
  /** Name of the ledger in its checkpoints. Default: `vms/` and 64 random hexadecimal digits. */
  readonly origin?: string
}

/** The engines behind the ports. */
export interface OpeningPorts {
  readonly crypto: Crypto
  readonly openLedger: typeof Ledger.open
  readonly createLedger: typeof Ledger.create
}

/** An open ledger. `created`: it has no entry yet. */
export interface Opened<L extends LedgerPort = Ledger> {
  readonly ledger: L
  readonly genesis: GenesisEntry
  readonly keys: HostKeys
  readonly created: boolean
}

/** Opens the ledger in `dir`; creates one if there is none. */
export async function openOrCreate(
  dir: string,
  options: OpeningOptions,
  ports: OpeningPorts,
): Promise<Opened> {
  const opened = await openIfThere(dir, ports)
  if (!opened) return createIn(dir, creatingOptions(options), ports)
  const { genesis, ledger } = opened
  try {
    const known = [genesis.script, (await scriptTrail(ledger, genesis)).current]
    if (!known.some(({ source }) => source === options.script.source))
      throw new ScriptDiffersError(dir)
    const asked = options.debug ? 'debug' : 'signed'
    if (options.debug !== undefined && genesis.authentication !== asked) {
      throw new SettingDiffersError('authentication', genesis.authentication, asked)
    }
    const [recorded, wanted] = [genesis.upgrade, options.upgrade ?? genesis.upgrade].map(shown)
    if (recorded !== wanted) throw new SettingDiffersError('upgrades', `${recorded}`, `${wanted}`)
    return opened
  } catch (error) {
    await ledger.close()
    throw error
  }
}

function shown({ callers, delayMs }: GenesisEntry['upgrade']): string {
  const who = callers.map(callerId).toSorted().join(', ')
  return who === '' ? 'by nobody' : `by ${who} after ${delayMs} ms`
}

function creatingOptions(options: OpeningOptions): CreatingOptions {
  const { script, debug, machineLimits, epochCalls, epochBytes, epochFuel, window } = options
  const { upgrade, origin } = options
  const settings = fullSettings({
    authentication: debug ? 'debug' : 'signed',
    ...(machineLimits && { limits: machineLimits }),
    ...(epochCalls !== undefined && { epochCalls }),
    ...(epochBytes !== undefined && { epochBytes }),
    ...(epochFuel !== undefined && { epochFuel }),
    ...(window !== undefined && { window }),
  })
  return { script, settings, ...(upgrade && { upgrade }), ...(origin && { origin }) }
}

/** Creates a ledger in `dir`. Its length is 0 until its first commit. */
export async function createIn(
  dir: string,
  { script, settings, upgrade = { callers: [], delayMs: 0 }, ...options }: CreatingOptions,
  ports: OpeningPorts,
): Promise<Opened> {
  const { crypto } = ports
  mustFit(script)
  const origin = options.origin ?? defaultOrigin(crypto.randomBytes(32))
  const keys = makeKeys(crypto)
  const choices = { settings, upgrade, origin }
  const genesisOf = (signer: Uint8Array): GenesisEntry =>
    makeGenesis(script, { ...keys, signer: { publicKey: signer } }, crypto, choices)
  const genesisBlockOf = (signer: Uint8Array): Uint8Array => genesisBlock(genesisOf(signer))
  const ledger = await ports.createLedger(dir, { genesis: genesisBlockOf, crypto })
  const genesis = genesisOf(ledger.manifest.signer)
  await saveKeys(dir, keys)
  return { ledger, genesis, keys, created: true }
}

/** Opens the ledger in `dir` with the host's keys for it, whatever its script; null if there is none. */
export async function openIfThere(dir: string, ports: OpeningPorts): Promise<Opened | null> {
  const { crypto } = ports
  let ledger: Ledger
  try {
    ledger = await ports.openLedger(dir, { crypto })
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ERR_VMS_NO_LEDGER') throw error
    return null
  }
  try {
    const genesis = await readGenesis(ledger)
    const keys = await loadKeys(dir, crypto)
    mustBeOf(genesis, keys, dir)
    return { ledger, genesis, keys, created: false }
  } catch (error) {
    await ledger.close()
    throw error
  }
}
