/** The fields of a genesis, which define the service. None depends on the ledger's key, because the key commits to them. */
import { toHex } from '../codec/bytes.ts'
import { misfit } from '../codec/misfit.ts'
import {
  blob,
  bytes,
  type Infer,
  integer,
  list,
  none,
  oneOf,
  record,
  refine,
  text,
  version,
} from '../codec/schema.ts'
import {
  CHECKPOINT_KEYS,
  DECLARATIONS,
  ENGINES,
  EPOCH_BOUNDS,
  ORIGIN,
  SCRIPT_BYTES,
  SIGNERS,
  UPGRADERS,
} from './limits.ts'
import { machineLimitsShape } from './machine-limits.ts'

/** `declarations`: TypeScript declarations of the methods, for callers; empty if there are none. They do not affect what runs. */
export const scriptShape = record({
  name: text(256),
  title: text(256),
  source: text(SCRIPT_BYTES),
  declarations: text(DECLARATIONS),
})

/** An engine, by the values that affect a script: major and minor of V8, version of Unicode, architecture. */
const listedEngineShape = record({ v8: text(100), unicode: text(100), arch: text(100) })

/** Whether a text can be the origin of a ledger. Checkpoints use it as a line and as the name of keys: no space, no plus sign. */
export const isOrigin = (name: string): boolean =>
  name.length <= ORIGIN && /^[^\s+\p{C}]+$/u.test(name)

const originShape = refine(text(ORIGIN), (name) =>
  isOrigin(name)
    ? null
    : misfit(
        `an origin has 1 to ${ORIGIN} characters, and no space, plus sign or control character`,
      ),
)

/** The origin of a ledger if its deployer chose none. `random`: 32 bytes. */
export const defaultOrigin = (random: Uint8Array): string => `vms/${toHex(random)}`

/** Bytes of a public key, by the algorithm of its signatures. */
const CHECKPOINT_ALGORITHMS = { ed25519: 32, 'ml-dsa-44': 1_312 } as const

const checkpointKeyShape = refine(
  record({ algorithm: oneOf('ed25519', 'ml-dsa-44'), key: blob(1_312) }),
  ({ algorithm, key }) => {
    const expected = CHECKPOINT_ALGORITHMS[algorithm]
    return key.length === expected
      ? null
      : misfit(`expected ${expected} bytes, got ${key.length}`, '.key')
  },
)

const distinct = (keys: readonly Uint8Array[]) =>
  new Set(keys.map(toHex)).size === keys.length ? null : misfit('a key stands here twice')

const signersShape = refine(
  record({
    quorum: integer(SIGNERS, 1),
    keys: refine(list(bytes(32), SIGNERS, 1), distinct),
  }),
  ({ quorum, keys }) =>
    quorum <= keys.length ? null : misfit(`a quorum of ${quorum} of ${keys.length} keys`),
)

export const genesisFields = {
  format: version(1),
  semantics: integer(),
  engines: list(listedEngineShape, ENGINES, 1),
  origin: originShape,
  script: scriptShape,
  limits: machineLimitsShape,
  window: integer(),
  epochCalls: integer(EPOCH_BOUNDS.calls.most, 1),
  epochBytes: integer(EPOCH_BOUNDS.bytes.most, 1),
  epochFuel: integer(EPOCH_BOUNDS.fuel.most, 1),
  authentication: oneOf('signed', 'debug'),
  signers: signersShape,
  checkpoints: refine(list(checkpointKeyShape, CHECKPOINT_KEYS, 1), (all) =>
    distinct(all.map(({ key }) => key)),
  ),
  keys: record({ transport: bytes(32), refusal: bytes(32) }),
  upgrade: record({ callers: list(bytes(32), UPGRADERS), delayMs: integer() }),
  root: bytes(32),
  files: none,
} as const

export type CheckpointKey = Infer<typeof checkpointKeyShape>
