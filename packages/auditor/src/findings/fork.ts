/** Findings about another history that replication met: proven by signed heads, or only claimed. */

import { toHex } from '@vms/format'
import { ForkClaimedError, ForkedError, type ForkProof } from '@vms/ledger'
import { type Evidence, evidenceHead, evidenceManifest, evidenceNode } from './evidence.ts'
import { accusation, type Finding, finding } from './finding.ts'

/** The finding for an error while reading a ledger; null if the error is not about another history. */
export async function forkFinding(error: unknown): Promise<Finding | null> {
  if (error instanceof ForkClaimedError) return claimed(error.message)
  if (!(error instanceof ForkedError)) return null
  const proof = await error.proof
  if (!proof)
    return finding('FORK_CLAIMED', {
      part: 'head',
      got: error.message,
      cause:
        'a peer showed two signed histories, and the auditor could not store them: run the audit again',
    })
  const evidence = forkEvidence(proof)
  const [ours, theirs] = evidence.files?.heads ?? evidence.heads
  return accusation(
    proof.files ? 'FILES_FORKED' : 'LEDGER_FORKED',
    {
      part: proof.files ? 'files' : 'head',
      expected: theirs && ours ? show(ours) : 'a head of fork 0',
      got: show(theirs ?? (ours as Evidence['heads'][number])),
    },
    evidence,
  )
}

const claimed = (got: string): Finding =>
  finding('FORK_CLAIMED', { part: 'head', expected: 'one history', got })

const show = ({ length, treeHash, fork, signature }: Evidence['heads'][number]): string =>
  `length ${length}, tree hash ${treeHash}, ${fork === 0 ? '' : `fork ${fork}, `}signature ${signature}`

function forkEvidence({ key, manifest, files, ...signed }: ForkProof): Evidence {
  const heads = signed.heads.map(({ fork, ...head }) => evidenceHead(head, fork))
  const trees = signed.trees.map(({ head, length, roots, rest }) => ({
    head,
    length,
    roots: roots.map(evidenceNode),
    rest: rest.map(evidenceNode),
  }))
  return {
    ledger: toHex(key),
    manifest: evidenceManifest(manifest),
    heads: files ? [] : heads,
    roots: [],
    entries: [],
    trees: files ? [] : trees,
    files: files && {
      signer: toHex(files.signer),
      heads: heads.map((head) => ({ core: files.core, ...head })),
      trees,
    },
    subtrees: [],
    rfc6962: null,
    receipt: null,
  }
}
