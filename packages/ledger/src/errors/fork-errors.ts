/** Errors about a second history of a ledger: a proven one, and one that peers only claim. */
import type { LedgerManifest, SignedHead, TreeNode } from '@vms/format'
import { LedgerError } from './errors.ts'

/** A head that the ledger's key signed, over a fork. */
export interface ForkedHead extends SignedHead {
  readonly fork: number
}

/** Which core of a drive has two histories, and the key that signs the drive. */
export interface ForkedFiles {
  readonly core: 'db' | 'blobs'
  readonly signer: Uint8Array
}

/** The proof, for anyone, that a ledger's key, or the key of its files, signed two histories. */
export interface ForkProof {
  /** Key of the ledger. */
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
  /** Null where the heads are of the ledger itself. */
  readonly files: ForkedFiles | null
  /** Two heads, ours first, of which neither extends the other; or one head with a fork number other than 0. */
  readonly heads: readonly ForkedHead[]
  /** For heads of two lengths, the trees of both at the shorter one: `roots` there, and the nodes up to the head in `rest`. */
  readonly trees: readonly ForkedTree[]
}

export interface ForkedTree {
  /** Index in `heads`. */
  readonly head: number
  readonly length: number
  readonly roots: readonly TreeNode[]
  readonly rest: readonly TreeNode[]
}

/**
 * The host's key has signed two histories of one ledger. The host forked, somebody stole its key, or the operator restored a
 * directory from a copy.
 */
export class ForkedError extends LedgerError {
  readonly key: Uint8Array
  /** The proof; null if the two histories could no longer be read. */
  readonly proof: Promise<ForkProof | null>
  #evidence: ForkProof | null = null

  constructor(key: Uint8Array, proof: Promise<ForkProof | null>) {
    super('ERR_VMS_FORKED', 'there are two signed histories under this key', {
      hint: 'keep the directory and the address of the peer: both histories are evidence against the host',
    })
    this.key = Uint8Array.from(key)
    this.proof = proof.then((found) => {
      this.#evidence = found
      return found
    })
  }

  /** The proof as soon as it is read; null before that. */
  get evidence(): ForkProof | null {
    return this.#evidence
  }
}

/** All reachable peers claim another fork, and show no signature for it. Any peer can claim that. */
export class ForkClaimedError extends LedgerError {
  readonly key: Uint8Array
  readonly fork: number

  constructor(key: Uint8Array, fork: number) {
    super(
      'ERR_VMS_FORK_CLAIMED',
      `all peers claim that the ledger is on fork ${fork}, and none has the requested blocks`,
      {
        hint: 'ask another peer, or the host itself: an honest peer shows a head that is signed over the fork',
      },
    )
    this.key = Uint8Array.from(key)
    this.fork = fork
  }

  override shouldRetry(): boolean {
    return true
  }
}
