/** Compares a genesis with the settings that its deployer signed, and with the host's answer in its provisioning log. */

import { createHash } from 'node:crypto'
import {
  decodeEntry,
  encodeKey,
  filesUrl,
  GENESIS_ORIGINS,
  type GenesisEntry,
  type GenesisOrigin,
  ledgerUrl,
  toHex,
} from '@vms/format'
import type { LedgerSource } from '../read/source.ts'
import type { Deployment, Fields } from './log.ts'

/** A setting whose value differs from the expected one. */
export interface Mismatch {
  readonly path: string
  readonly expected: string | null
  readonly got: string | null
}

/**
 * Every setting of a genesis that differs from the signed deploy. If the deploy omits a setting, the script derived it from the
 * policy at that entry. It then stands in the script's request to the host, which the replay has compared. A setting that is
 * `undefined` counts as omitted. The script reads two fields of `upgrade`; further signed fields ask for nothing.
 */
export function compareGenesis(
  { signed, wish }: Pick<Deployment, 'signed' | 'wish'>,
  genesis: GenesisEntry,
): Mismatch[] {
  const { name, title, source, upgrade, settings } = signed
  const filled = fields(wish['settings'])
  const explicit = given(settings)
  const { callers, delayMs } = fields(upgrade ?? NOBODY)
  const expected = {
    ...filled,
    ...explicit,
    limits: { ...fields(filled['limits']), ...given(explicit['limits']) },
    script: { name, title, source, declarations: '' },
    upgrade: { callers, delayMs },
  }
  return differences(leaves(expected), leaves(withOrigin(genesis, ['deploy', 'settings'])))
}

/** Every statement about the ledger in the host's log that the ledger contradicts. `entries` are the ledger's first two. */
export function compareRecord(
  made: Fields,
  source: Pick<LedgerSource, 'key' | 'manifest'>,
  entries: readonly Uint8Array[],
): Mismatch[] {
  const [genesis, boot] = entries.map(decodeEntry)
  if (genesis?.type !== 'genesis' || boot?.type !== 'boot') return []
  const { key, manifest } = source
  const { head: _, ...told } = made
  const got = {
    id: encodeKey(key),
    ledger: ledgerUrl(key),
    files: filesUrl(manifest.filesKey),
    genesis: toHex(manifest.genesisHash),
    semantics: genesis.semantics,
    methods: boot.methods,
    requestBytes: genesis.limits.requestBytes,
    sha256: createHash('sha256').update(genesis.script.source).digest('hex'),
  }
  return differences(leaves(told), leaves(got))
}

/** The fields of a genesis whose value one of `origins` decided. */
const withOrigin = (genesis: GenesisEntry, origins: readonly GenesisOrigin[]): Fields =>
  Object.fromEntries(
    Object.entries(genesis).filter(([field]) =>
      origins.includes(GENESIS_ORIGINS[field as keyof GenesisEntry]),
    ),
  )

function differences(
  expected: ReadonlyMap<string, string>,
  got: ReadonlyMap<string, string>,
): Mismatch[] {
  return [...new Set([...expected.keys(), ...got.keys()])]
    .filter((path) => expected.get(path) !== got.get(path))
    .map((path) => ({ path, expected: expected.get(path) ?? null, got: got.get(path) ?? null }))
}

/** All values inside a value, as text, by path. Keys in bytes appear as ids. An empty list counts as a value. */
function leaves(
  value: unknown,
  path = '$',
  found = new Map<string, string>(),
): Map<string, string> {
  if (value instanceof Uint8Array) found.set(path, JSON.stringify(encodeKey(value)))
  else if (Array.isArray(value)) {
    found.set(`${path}.length`, String(value.length))
    for (const [i, item] of value.entries()) leaves(item, `${path}[${i}]`, found)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) leaves(item, `${path}.${name}`, found)
  } else if (value !== undefined) found.set(path, shown(value))
  return found
}

/** Shows values that JSON does not have too: a signed argument may contain them. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value)

const NOBODY = { callers: [], delayMs: 0 }

const fields = (value: unknown): Fields => Object(value) as Fields

/** The fields that have a value. */
const given = (value: unknown): Fields =>
  Object.fromEntries(Object.entries(fields(value)).filter(([, field]) => field !== undefined))
