/**
 * Compares a host's signed statements with its provisioning log: its list of services, at the head that the list names, and
 * its answer to a question that did not exist before a service's head was signed.
 */
import {
  type Crypto,
  domainTag,
  encodeHostStatement,
  encodeKey,
  type HostClaim,
  type HostStatement,
  headSignable,
  ProofError,
  provenStatement,
  sameBytes,
  toHex,
} from '@vms/format'
import type { Evidence } from '../findings/evidence.ts'
import type { LedgerSource } from '../read/source.ts'
import { type HostFinding, hostFinding } from './finding.ts'
import type { LoggedChange, LoggedService, ProvisioningLog } from './log.ts'
import { hostEvidence } from './proofs.ts'

/** Asks the host a question of 32 bytes. Resolves with the answer and the host's log after it; null if the host does not answer. */
export type Asking = (
  nonce: Uint8Array,
) => Promise<{ readonly statement: HostStatement; readonly log: ProvisioningLog } | null>

/** The claim of a statement; null if another host signed it, or if the log does not contain the head that it names. */
export function claimAbout(
  crypto: Crypto,
  statement: HostStatement,
  { key, treeHashes }: ProvisioningLog,
): HostClaim | null {
  try {
    const claim = provenStatement(crypto, statement, key)
    return treeHashes.get(claim.length) === toHex(claim.treeHash) ? claim : null
  } catch (error) {
    if (error instanceof ProofError) return null
    throw error
  }
}

/** Findings by service id, and all ids in the list. Null for a list that says nothing about this log. */
export async function judgeList(
  crypto: Crypto,
  statement: HostStatement,
  log: ProvisioningLog,
  prove: (entries: readonly number[]) => Promise<Evidence | null>,
): Promise<ReadonlyMap<string, readonly HostFinding[]> | null> {
  const claim = claimAbout(crypto, statement, log)
  if (!claim?.services) return null
  const found = new Map<string, HostFinding[]>()
  for (const { id: key, state } of claim.services) {
    const id = encodeKey(key)
    const service = log.services.get(id)
    const change = service && changeAt(service, claim.length)
    if (change?.state === state) found.set(id, [])
    else {
      const proven = await prove(change ? [change.entry] : [])
      const evidence = hostEvidence([proven], base64(statement))
      const code = codeOf(change?.state)
      const { entry = 0, call = 0 } = change ?? {}
      const logged = change ? { entry, call } : null
      const expected = change ? change.state : 'no service'
      found.set(id, [hostFinding(code, { logged, expected, got: state, evidence })])
    }
  }
  return found
}

const codeOf = (state: string | undefined) =>
  state === undefined
    ? 'SERVICE_NOT_IN_LOG'
    : state === 'purged'
      ? 'SERVICE_KEPT'
      : 'SERVICE_STATE_DIFFERS'

/** The last change of a service in the first `length` entries of the log. */
const changeAt = ({ changes }: LoggedService, length: number): LoggedChange | undefined =>
  changes.findLast(({ entry }) => entry < length)

const questionTag = domainTag('vms/host-question/1')

/** A question that cannot have existed before the host signed this head. */
const questionAfter = (crypto: Crypto, { key, head }: Pick<LedgerSource, 'key' | 'head'>) =>
  crypto.hash(questionTag, headSignable(key, head.length, head.treeHash), head.signature)

/**
 * Asks the host whether a service whose ledger has this head is still stopped, because this copy of the log may be older than the service.
 * Null if the host does not answer, or not about this log.
 */
export async function askWhetherStopped(
  crypto: Crypto,
  ledger: Pick<LedgerSource, 'key' | 'head'>,
  stop: LoggedChange,
  ask: Asking | null,
): Promise<{ readonly isStopped: boolean; readonly statement: string } | null> {
  const nonce = questionAfter(crypto, ledger)
  const answer = await ask?.(nonce)
  const claim = answer && claimAbout(crypto, answer.statement, answer.log)
  if (!claim?.nonce || !sameBytes(claim.nonce, nonce)) return null
  const service = answer?.log.services.get(encodeKey(ledger.key))
  const last = service && changeAt(service, claim.length)
  if (!answer || !last || claim.length <= stop.entry) return null
  const isStopped = last.entry === stop.entry && last.call === stop.call
  return { isStopped, statement: base64(answer.statement) }
}

const base64 = (statement: HostStatement): string =>
  Buffer.from(encodeHostStatement(statement)).toString('base64')
