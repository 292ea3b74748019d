/**
 * The host's own keys for one service: transport, checkpoints, refusals. (The ledger's signing key lives in its store and
 * signs heads only.) The genesis names them, so the host stores them in a file beside the ledger. Only its owner can read it.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Crypto,
  fromHex,
  type GenesisEntry,
  type KeyPair,
  sameBytes,
  toHex,
} from '@vms/format'
import { HostError } from '../errors/errors.ts'
import { writeDurably } from '../platform/durable-file.ts'

const NAMES = ['transport', 'checkpoint', 'refusal'] as const

export type HostKeys = Record<(typeof NAMES)[number], KeyPair>

const FILE = 'keys.json'

/** New keys, in memory. */
export const makeKeys = (crypto: Crypto): HostKeys => ({
  transport: crypto.keyPair(),
  checkpoint: crypto.keyPair(),
  refusal: crypto.keyPair(),
})

/** Writes the keys durably: after this returns, a crash cannot lose them. */
export async function saveKeys(dir: string, keys: HostKeys): Promise<void> {
  const seeds = Object.fromEntries(
    NAMES.map((name) => [name, toHex(keys[name].secretKey.subarray(0, 32))]),
  )
  await writeDurably(dir, FILE, `${JSON.stringify(seeds, null, 2)}\n`)
}

/** Reads the keys of a service directory. */
export async function loadKeys(dir: string, crypto: Crypto): Promise<HostKeys> {
  const file = path.join(dir, FILE)
  try {
    const seeds = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
    const pairs = NAMES.map((name) => {
      const seed = fromHex(String(seeds[name]))
      if (seed.length !== 32) throw new RangeError(`${name} is no seed of 32 bytes`)
      return [name, crypto.keyPair(seed)]
    })
    return Object.fromEntries(pairs) as HostKeys
  } catch (cause) {
    throw new HostError(
      'ERR_VMS_KEYS_UNREADABLE',
      `cannot read the host's keys in ${file}: ${(cause as Error).message}`,
      {
        cause,
        hint: 'restore the file from a backup: the genesis names these keys',
      },
    )
  }
}

/** Throws if the genesis names other keys: callers would take signatures by these keys for a lie. */
export function mustBeOf(genesis: GenesisEntry, keys: HostKeys, dir: string): void {
  const { keys: own, checkpoints } = genesis
  const named = { ...own, checkpoint: checkpoints[0]?.key ?? new Uint8Array() }
  for (const name of NAMES) {
    if (sameBytes(keys[name].publicKey, named[name])) continue
    const file = path.join(dir, FILE)
    throw new HostError(
      'ERR_VMS_KEYS_UNREADABLE',
      `the ${name} key in ${file} is not the ledger's`,
      {
        hint: 'restore the file from a backup: the genesis names these keys',
      },
    )
  }
}
