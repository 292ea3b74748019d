/**
 * Watching a core for a second history: a peer whose signed tree contradicts ours. hypercore stops all use of the core
 * then, on the host's side as well as on a follower's, and forgets the proof; here it is kept, because two signed heads
 * that contradict each other convince anyone.
 *
 * It notices what a peer happens to show. Two heads that were got in other ways have to be compared by whoever has them.
 */
import {
  type Crypto,
  type LedgerManifest,
  type SignedHead,
  TreeRoots,
  verifyHead,
} from '@vms/format'
import { type Core, headSignature, type Proof, proofSignature } from './engine/hypercore.ts'
import { ForkedError } from './errors.ts'

/** Calls `onFork` once, with evidence where the core is a ledger, when a peer shows another history of `core`. */
export function watchForks(
  core: Core,
  crypto: Crypto,
  manifest: () => LedgerManifest | null,
  onFork: (error: ForkedError) => void,
): void {
  core.once('conflict', (_length: number, _fork: number, proof: Proof) => {
    const known = manifest()
    const heads = known && contradiction(core, crypto, known, proof)
    onFork(new ForkedError(core.key, heads))
  })
}

// What is here must still be readable: hypercore closes the core after the event.
function contradiction(
  core: Core,
  crypto: Crypto,
  manifest: LedgerManifest,
  { upgrade }: Proof,
): readonly [SignedHead, SignedHead] | null {
  try {
    const tree = new TreeRoots(crypto, [...upgrade.nodes, ...upgrade.additionalNodes])
    const theirs = {
      length: tree.length,
      treeHash: tree.hash(),
      signature: proofSignature(upgrade.signature),
    }
    const ours = {
      length: core.length,
      treeHash: Uint8Array.from(core.state.hash()),
      signature: headSignature(core),
    }
    return verifyHead(crypto, core.key, manifest, theirs) ? [ours, theirs] : null
  } catch {
    return null
  }
}
