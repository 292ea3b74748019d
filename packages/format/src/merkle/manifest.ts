/** What a ledger's key commits to, as records hold it. */
import { bytes, type Infer, record } from '../codec/schema.ts'

/** What a ledger's key is the hash of: see `ledgerKey`. */
export const manifestShape = record({
  /** Public key that signs heads. */
  signer: bytes(32),
  /** Key of the files. */
  filesKey: bytes(32),
  /** BLAKE2b-256 of block 0. */
  genesisHash: bytes(32),
})

export type LedgerManifest = Infer<typeof manifestShape>
