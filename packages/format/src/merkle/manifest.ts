/** The data to which a ledger's key commits, as a record. */
import { bytes, type Infer, record } from '../codec/schema.ts'

/** The ledger's key is a hash of this data: see `ledgerKey`. */
export const manifestShape = record({
  /** Public key that signs heads. */
  signer: bytes(32),
  /** Key of the files. */
  filesKey: bytes(32),
  /** BLAKE2b-256 of block 0. */
  genesisHash: bytes(32),
})

export type LedgerManifest = Infer<typeof manifestShape>
