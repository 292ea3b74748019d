/** The signed statements of a host of many, over the DHT. Anybody may answer there, so only a signature of the host counts. */
import {
  decodeHostStatement,
  type HostStatement,
  provenStatement,
  sodiumCrypto,
} from '@vms/auditor'
import { joinDht } from '../connect/dht.ts'
import type { BootstrapNode } from '../options/options.ts'

export interface OverDhtOptions {
  readonly signal: AbortSignal
  /** Nodes through which to join the DHT. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[] | undefined
}

/** The host's answer to the question `nonce`, or its list of services for null. Null if nobody gives one that the host signed. */
export async function statementOverDht(
  ledger: Uint8Array,
  nonce: Uint8Array | null,
  { bootstrap, signal }: OverDhtOptions,
): Promise<HostStatement | null> {
  await using dht = await joinDht(bootstrap)
  const statement = await dht.askStatement({
    ledger,
    nonce,
    holds: (bytes) => read(bytes, ledger, nonce) !== null,
    signal,
  })
  return statement && read(statement, ledger, nonce)
}

/** The statement; null if it is no answer to this question that the host signed. */
function read(
  bytes: Uint8Array,
  ledger: Uint8Array,
  nonce: Uint8Array | null,
): HostStatement | null {
  try {
    const statement = decodeHostStatement(bytes)
    const { nonce: asked, services } = provenStatement(sodiumCrypto, statement, ledger)
    if (nonce === null) return services ? statement : null
    return asked && Buffer.compare(asked, nonce) === 0 ? statement : null
  } catch {
    return null
  }
}
