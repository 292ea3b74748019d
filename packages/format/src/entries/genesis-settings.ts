/**
 * Settings of a genesis: everything that a deployer may choose beside the script and its upgraders. A deploy signs them;
 * the policy of the host fills what the deploy leaves out. They are plain data: the policy keeps them as JSON.
 */
import type { GenesisEntry } from './entry.ts'

/**
 * Origin of the value of a genesis field:
 * - `format`: the specification, alone.
 * - `deploy`: the signed arguments of the deploy.
 * - `settings`: the signed arguments; where they leave it out, the policy of the host at that entry.
 * - `host`: keys that the host makes. The hash of the genesis binds them, and the provisioning log names that hash.
 */
export type GenesisOrigin = 'format' | 'deploy' | 'settings' | 'host'

/** Every field of a genesis. A field that is missing here does not compile. */
export const GENESIS_ORIGINS = {
  type: 'format',
  format: 'format',
  semantics: 'settings',
  engines: 'settings',
  origin: 'host',
  script: 'deploy',
  limits: 'settings',
  window: 'settings',
  epochCalls: 'settings',
  epochBytes: 'settings',
  epochFuel: 'settings',
  authentication: 'settings',
  signers: 'host',
  checkpoints: 'host',
  keys: 'host',
  upgrade: 'deploy',
  root: 'format',
  files: 'format',
} as const satisfies Record<keyof GenesisEntry, GenesisOrigin>

type Origins = typeof GENESIS_ORIGINS

/** The fields whose origin is `settings`. */
export type GenesisSettings = Pick<
  GenesisEntry,
  { [F in keyof Origins]: Origins[F] extends 'settings' ? F : never }[keyof Origins]
>

/** The settings of a genesis. */
export const settingsOf = (genesis: GenesisEntry): GenesisSettings =>
  Object.fromEntries(
    Object.entries(genesis).filter(
      ([field]) => GENESIS_ORIGINS[field as keyof GenesisEntry] === 'settings',
    ),
  ) as GenesisSettings
