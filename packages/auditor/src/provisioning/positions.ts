/**
 * Compares a service's ledger with its stops, starts and removal in the provisioning log: by position, never by the times of
 * two ledgers. With each change the log records the head of the service's ledger, after the service was halted.
 */
import { type Crypto, decodeEntry, leafNode, TreeRoots, toHex } from '@vms/format'
import type { LedgerSource } from '../read/source.ts'
import type { LoggedChange, LoggedHead } from './log.ts'

/**
 * The entries [start, end) of a service's ledger in which no script may run, because of `change`. `end` is infinite if no later change
 * ended the rest.
 */
interface Rest {
  readonly change: LoggedChange
  readonly start: number
  readonly end: number
}

/** An entry that ran a script during a rest. */
export interface RanAtRest {
  readonly change: LoggedChange
  readonly entry: number
  /** Whether a change that the log may record later could allow it: the service may have been started again. */
  readonly isOpen: boolean
}

export interface Positions {
  /** A recorded head that the ledger contradicts, with the ledger's own hash at that length. */
  readonly differing: { readonly change: LoggedChange; readonly got: string } | null
  /** A recorded head past the end of this copy of the ledger. */
  readonly shorter: LoggedChange | null
  /** A change at which the host did not know the ledger's head. */
  readonly unknown: LoggedChange | null
  /** The first forbidden entry of each rest. */
  readonly ran: readonly RanAtRest[]
}

/** Reads the entries once. They must hash to the signed head. */
export async function comparePositions(
  crypto: Crypto,
  source: Pick<LedgerSource, 'head' | 'entries'>,
  changes: readonly LoggedChange[],
): Promise<Positions> {
  const { length } = source.head
  const rests = restsIn(changes)
  const recorded = changes.filter(hasHead)
  const wanted = new Set(recorded.map(({ head }) => head.length))
  const hashes = new Map<number, string>()
  const ran = new Map<Rest, number>()
  const tree = new TreeRoots(crypto)
  for await (const block of source.entries(0, length)) {
    const index = tree.length
    const rest = rests.find(({ start, end }) => index >= start && index < end)
    if (rest && !ran.has(rest) && runs(block)) ran.set(rest, index)
    tree.append(leafNode(crypto, index, block))
    if (wanted.has(tree.length)) hashes.set(tree.length, toHex(tree.hash()))
  }
  const differing = recorded.find(({ head }) => differs(head, hashes))
  return {
    differing: differing
      ? { change: differing, got: hashes.get(differing.head.length) as string }
      : null,
    shorter: recorded.find(({ head }) => head.length > length) ?? null,
    unknown: changes.find(({ head }) => head === null) ?? null,
    ran: [...ran].map(([{ change, end }, entry]) => ({
      change,
      entry,
      isOpen: end === Number.POSITIVE_INFINITY && change.state === 'stopped',
    })),
  }
}

/** The rest after a stop ends at the next change whose head is known: calls before that head ran while the service was stopped. */
function restsIn(changes: readonly LoggedChange[]): Rest[] {
  return changes.flatMap((change, i) => {
    if (!hasHead(change) || change.state === 'running') return []
    const next = changes.slice(i + 1).find(hasHead)
    return [
      { change, start: change.head.length, end: next?.head.length ?? Number.POSITIVE_INFINITY },
    ]
  })
}

const hasHead = (change: LoggedChange): change is LoggedChange & { readonly head: LoggedHead } =>
  change.head !== null

const differs = ({ length, treeHash }: LoggedHead, hashes: ReadonlyMap<number, string>): boolean =>
  hashes.has(length) && hashes.get(length) !== treeHash

/** Whether an entry ran calls of the script. A boot alone changes nothing and serves no caller. */
function runs(block: Uint8Array): boolean {
  const { type } = decodeEntry(block)
  return type === 'calls' || type === 'alarm'
}
