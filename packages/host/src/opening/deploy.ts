/**
 * Deployment: makes a ledger for a script and commits its first group: genesis, boot, and init if the script has one.
 *
 * Before that commit there is no service: after a crash or a script that fails, the next deployment can use the same directory. The
 * ledger's key commits to the genesis, so the address of a service determines its script.
 */
import { chmod, mkdir } from 'node:fs/promises'
import {
  type Crypto,
  encodeEntry,
  type GenesisEntry,
  type GenesisSettings,
  type KeyPair,
  newGenesis,
  type Outcome,
  SCRIPT_BYTES,
} from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { RefusedError } from '@vms/sandbox'
import type { Execution } from '@vms/sandbox/execution'
import { DirectoryError, HostError, ScriptFailedError } from '../errors/errors.ts'
import type { EntryClock } from '../platform/clock.ts'
import { append, emptyGroup, endOf } from '../service/group.ts'
import type { HostKeys } from './keys.ts'

/** A script to serve. */
export interface Script {
  /** File name, for errors and people. */
  readonly name: string
  /** The code, as one CommonJS script. */
  readonly source: string
  /** Source map of `source`, version 3, as JSON. With it, log lines name places in the original sources. The ledger does not record it. */
  readonly map?: string
  /** Title of the service, for people. Default: the name. */
  readonly title?: string
}

/** Throws {@link HostError} `ERR_VMS_SCRIPT_TOO_LARGE`. */
export function mustFit(script: Script): void {
  const bytes = Buffer.byteLength(script.source)
  if (bytes > SCRIPT_BYTES)
    throw new HostError(
      'ERR_VMS_SCRIPT_TOO_LARGE',
      `the script has ${bytes} bytes, the limit is ${SCRIPT_BYTES}`,
      { hint: 'the whole script is in the ledger: leave out what its methods do not need' },
    )
}

/** Parts of a genesis besides its script and its keys. */
export interface GenesisChoices extends Pick<GenesisEntry, 'upgrade' | 'origin'> {
  readonly settings: GenesisSettings
}

/** The genesis for a script. `signer` signs the ledger's heads. Nothing in it depends on the ledger's key. */
export function makeGenesis(
  script: Script,
  keys: HostKeys & { readonly signer: Pick<KeyPair, 'publicKey'> },
  crypto: Crypto,
  { settings, upgrade, origin }: GenesisChoices,
): GenesisEntry {
  return newGenesis(crypto, {
    ...settings,
    upgrade,
    origin,
    script,
    signer: keys.signer.publicKey,
    keys: {
      transport: keys.transport.publicKey,
      checkpoint: keys.checkpoint.publicKey,
      refusal: keys.refusal.publicKey,
    },
  })
}

/** Creates the directory of a service if it is missing. Only its owner may read it, because it holds secret keys. Throws {@link DirectoryError}. */
export async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chmod(dir, 0o700)
  } catch (cause) {
    throw new DirectoryError(dir, cause as Error)
  }
}

/** Runs the script's top level and `init`, and commits the first group. Throws {@link ScriptFailedError}; then nothing is committed. */
export async function deploy(
  ledger: LedgerPort,
  genesis: GenesisEntry,
  execution: Execution,
  clock: EntryClock,
): Promise<void> {
  const group = emptyGroup(0)
  group.entries.push(genesis)
  group.encoded.push(null)
  const place = () => ({ position: endOf(group), time: clock.tick() })
  const boot = await execution
    .boot({ kind: 'boot', reason: 'start', ...place() })
    .catch(failedIn('top level'))
  append(group, boot)
  mustReturn('top level', boot.entry.outcome)
  if (boot.entry.methods.length === 0)
    throw new ScriptFailedError('top level', 'it exports no functions, so there is nothing to call')
  const init = await execution.init({ kind: 'init', ...place() }).catch(failedIn('init'))
  if (init) {
    append(group, init)
    mustReturn('init', init.entry.outcome)
  }
  await ledger.commit(group)
  execution.committed(ledger.length - 1)
}

/** Turns the error of a backstop into a {@link ScriptFailedError}, and rethrows others: a machine that cannot start is not the script's failure. */
const failedIn =
  (part: 'top level' | 'init') =>
  (cause: Error): never => {
    if (cause instanceof RefusedError) throw new ScriptFailedError(part, cause.message, { cause })
    throw cause
  }

function mustReturn(part: 'top level' | 'init', outcome: Outcome): void {
  if (outcome.status === 'returned') return
  const { error, abort } = outcome
  throw new ScriptFailedError(
    part,
    error ? `${error.name}: ${error.message}` : `aborted (${abort})`,
  )
}

/** The bytes of block 0. */
export const genesisBlock = (genesis: GenesisEntry): Uint8Array => encodeEntry(genesis)
