/** Makes a genesis, with defaults for what its deployer does not choose. */
import type { Crypto } from '../crypto/crypto.ts'
import type { GenesisEntry } from './entry.ts'
import { defaultOrigin } from './genesis.ts'
import { EPOCH_BOUNDS, WINDOW_ENTRIES } from './limits.ts'
import { MACHINE_LIMITS } from './machine-limits.ts'

type Chosen = 'semantics' | 'engines'
type Derived = 'type' | 'format' | 'script' | 'signers' | 'checkpoints' | 'keys' | 'root' | 'files'

/**
 * - `script`: `title` is the name, and `declarations` are empty, unless given.
 * - `signer`: public key of 32 bytes that signs heads: the one that `Ledger.create` gives.
 * - `keys`: the host's other public keys, 32 bytes each.
 */
export interface GenesisOptions
  extends Pick<GenesisEntry, Chosen>,
    Partial<Omit<GenesisEntry, Chosen | Derived>> {
  readonly script: {
    readonly name: string
    readonly source: string
    readonly title?: string | undefined
    readonly declarations?: string | undefined
  }
  readonly signer: Uint8Array
  readonly keys: Readonly<Record<'transport' | 'checkpoint' | 'refusal', Uint8Array>>
}

/** The genesis of a ledger whose heads `signer` signs. Without an origin, it gets a random one. */
export function newGenesis(crypto: Crypto, options: GenesisOptions): GenesisEntry {
  const { semantics, engines, signer } = options
  const { name, source, title = name, declarations = '' } = options.script
  const { transport, checkpoint, refusal } = options.keys
  return {
    type: 'genesis',
    format: 1,
    semantics,
    engines,
    origin: options.origin ?? defaultOrigin(crypto.randomBytes(32)),
    script: { name, title, source, declarations },
    limits: options.limits ?? MACHINE_LIMITS,
    window: options.window ?? WINDOW_ENTRIES,
    epochCalls: options.epochCalls ?? EPOCH_BOUNDS.calls.default,
    epochBytes: options.epochBytes ?? EPOCH_BOUNDS.bytes.default,
    epochFuel: options.epochFuel ?? EPOCH_BOUNDS.fuel.default,
    authentication: options.authentication ?? 'signed',
    signers: { quorum: 1, keys: [signer] },
    checkpoints: [{ algorithm: 'ed25519', key: checkpoint }],
    keys: { transport, refusal },
    upgrade: options.upgrade ?? { callers: [], delayMs: 0 },
    root: crypto.sha256(new Uint8Array()),
    files: null,
  }
}
