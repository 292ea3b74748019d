/** A fork that replication came upon: two heads under one key, neither of which extends the other. */
import { type SignedHead, toHex } from '@vms/format'
import { ForkedError } from '@vms/ledger'
import { type Finding, finding } from './finding.ts'

const show = (head: SignedHead): string =>
  `length ${head.length}, tree hash ${toHex(head.treeHash)}, signature ${toHex(head.signature)}`

/** The finding that an error of reading a ledger comes to; null if it is no fork. */
export function forkFinding(error: unknown): Finding | null {
  if (!(error instanceof ForkedError)) return null
  const [ours, theirs] = error.heads ?? []
  return finding('LEDGER_FORKED', {
    part: 'head',
    expected: ours ? show(ours) : 'one history',
    got: theirs ? show(theirs) : 'two',
  })
}
