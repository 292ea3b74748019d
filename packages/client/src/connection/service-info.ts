/** The facts about a service from its checked hello and genesis. */
import {
  decodeEntry,
  filesUrl,
  type GenesisEntry,
  type Hasher,
  type LedgerManifest,
  ledgerKey,
  ledgerUrl,
  sameBytes,
} from '@vms/format'
import type { Hello } from '@vms/rpc'
import { VmsVerificationError } from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'

/** The facts about a service, proven by its ledger's key. Only `methods` is the host's unproven claim. */
export interface ServiceInfo {
  readonly ledger: Uint8Array
  readonly manifest: LedgerManifest
  readonly genesis: GenesisEntry
  /** The bytes of the genesis: block 0. */
  readonly genesisBlock: Uint8Array
  /** `vms://…` */
  readonly callLogUrl: string
  /** `hyper://…` */
  readonly filesArchiveUrl: string
  readonly methods: readonly string[]
  /** Limits of one request: bytes and calls, no more than the genesis allows, and the longest lifetime in milliseconds. */
  readonly limits: {
    readonly requestBytes: number
    readonly requestCalls: number
    readonly requestLifetimeMs: number
  }
}

/**
 * Checks that the hello's manifest gives its ledger key, and that this is the `expected` key if there is one. Throws {@link
 * VmsVerificationError}.
 */
export function checkLedger(crypto: Hasher, hello: Hello, expected: Uint8Array | null): void {
  const evidence = { manifest: hello.manifest }
  if (!sameBytes(ledgerKey(crypto, hello.manifest), hello.ledger)) {
    throw new VmsVerificationError('ledger', 'its key is not the one of its manifest', evidence)
  }
  if (expected && !sameBytes(hello.ledger, expected)) {
    const message = `the address or an earlier connection says ${ledgerUrl(expected)}, the host serves ${ledgerUrl(hello.ledger)}`
    throw new VmsVerificationError('ledger', message, evidence, {
      code: 'ERR_VMS_OTHER_LEDGER',
      isLie: false,
      hint: 'somebody may have deployed the service again; the client signed nothing',
    })
  }
}

/** Checks block 0 against the manifest and the hello. Returns the facts about the service. Throws {@link VmsVerificationError}. */
export function checkGenesis(crypto: Hasher, hello: Hello, block: Uint8Array): ServiceInfo {
  const { ledger, manifest, methods, limits, authentication } = hello
  const evidence = { manifest, frame: hello }
  const refuse = (message: string) => new VmsVerificationError('genesis', message, evidence)
  if (!sameBytes(crypto.hash(block), manifest.genesisHash)) {
    const reason = "block 0 is not the one that the ledger's key commits to"
    const shown = { ...evidence, genesis: block }
    throw new VmsVerificationError('genesis', reason, shown, { code: 'ERR_VMS_GENESIS_MISMATCH' })
  }
  const genesis = verifying('genesis', evidence, () => decodeEntry(block))
  if (genesis.type !== 'genesis') throw refuse(`block 0 is a ${genesis.type} entry`)
  if (genesis.authentication !== authentication) {
    throw refuse(
      `the host says that callers are ${authentication}, the genesis that they are ${genesis.authentication}`,
    )
  }
  const { requestBytes, requestCalls } = genesis.limits
  if (limits.requestBytes > requestBytes || limits.requestCalls > requestCalls) {
    throw refuse('the host announces larger limits for a request than the genesis')
  }
  return {
    ledger,
    manifest,
    genesis,
    genesisBlock: block,
    callLogUrl: ledgerUrl(ledger),
    filesArchiveUrl: filesUrl(manifest.filesKey),
    methods,
    limits,
  }
}
