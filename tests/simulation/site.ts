/** A service of the simulated host: what of it is on the disk, and the instance that runs, if one does. */
import {
  type Crypto,
  EPOCH_BOUNDS,
  encodeEntry,
  type GenesisEntry,
  type KeyPair,
  MACHINE_LIMITS,
} from '@vms/format'
import type { RefusalDisk } from '@vms/host/testing'
import type { GenesisOf, LedgerPort } from '@vms/ledger'
import { currentSemantics, enginesOf } from '@vms/sandbox'
import { scriptOf } from '@vms/sandbox/testing'
import type { HostKeys } from '../../packages/host/src/opening/keys.ts'
import type { Service } from '../../packages/host/src/service/service.ts'
import type { Disk } from './disk.ts'
import type { InjectedLie } from './lies.ts'
import type { Lie, Plan } from './plan.ts'

/** An operation takes 100 units of fuel on a scripted machine, and some thousands on a real one. */
const limitsOf = (real: boolean) => ({
  ...MACHINE_LIMITS,
  fuelPerCall: real ? 1_000_000 : 1_000,
  fuelPerRequest: real ? 1_500_000 : 1_500,
  alarms: 8,
})

export interface Restore {
  readonly at: number
  /** Entries that the copy had. */
  readonly length: number
}

export interface Site {
  /** Its number in the plan. */
  readonly number: number
  /** Once the disk has a ledger, the one that it began with. */
  genesis: GenesisEntry
  /** The genesis of a ledger whose heads this key signs. */
  readonly genesisOf: (signer: Uint8Array) => GenesisEntry
  readonly keys: HostKeys
  readonly disk: Disk
  readonly refusals: RefusalDisk
  /** Who may upgrade it. */
  readonly owner: KeyPair
  service: Service<LedgerPort> | null
  /** The newest copy of its directory. */
  /** `restore` puts it in the place of the disk, and returns its length. */
  backup: { readonly restore: () => number; readonly refusals: RefusalDisk } | null
  /** Each time the copy was put in the place of the directory. */
  readonly restores: Restore[]
  /** A lie that is still to be injected, and one that was. */
  lie: Lie | null
  injected: InjectedLie | null
}

/** `real`: for the real machine. `makeDisk`: for the encoded genesis, of the key that signs heads. */
export function makeSite(
  crypto: Crypto,
  plan: Plan,
  number: number,
  real: boolean,
  makeDisk: (genesis: GenesisOf) => Disk,
): Site {
  const owner = crypto.keyPair()
  const keys = {
    transport: crypto.keyPair(),
    checkpoint: crypto.keyPair(),
    refusal: crypto.keyPair(),
  }
  const program = plan.programs[number]
  if (!program) throw new RangeError(`the plan has no program for service ${number}`)
  const genesisOf = (signer: Uint8Array): GenesisEntry => ({
    type: 'genesis',
    format: 1,
    semantics: currentSemantics,
    engines: enginesOf(currentSemantics),
    origin: `vms/service-${number}`,
    script: {
      name: 'program.js',
      title: `Service ${number}`,
      source: scriptOf(program),
      declarations: '',
    },
    limits: limitsOf(real),
    window: 100,
    epochCalls: plan.epochCalls,
    epochBytes: EPOCH_BOUNDS.bytes.default,
    epochFuel: EPOCH_BOUNDS.fuel.default,
    authentication: 'signed',
    signers: { quorum: 1, keys: [signer] },
    checkpoints: [{ algorithm: 'ed25519', key: keys.checkpoint.publicKey }],
    keys: {
      transport: keys.transport.publicKey,
      refusal: keys.refusal.publicKey,
    },
    upgrade: { callers: [owner.publicKey], delayMs: plan.upgradeDelayMs },
    root: crypto.sha256(new Uint8Array()),
    files: null,
  })
  return {
    number,
    genesis: genesisOf(owner.publicKey),
    genesisOf,
    keys,
    disk: makeDisk((signer) => encodeEntry(genesisOf(signer))),
    refusals: new Map(),
    owner,
    service: null,
    backup: null,
    restores: [],
    lie: null,
    injected: null,
  }
}
