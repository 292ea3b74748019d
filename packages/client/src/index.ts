/** Calls a service's methods with signed requests and checks the receipt of every reply. */
import type { Receipt, Signer } from '@vms/format'
import { platform } from '#platform'
import { ledgerOption } from './connection/service-address.ts'
import type { CheckedReceipt } from './reading/receipt.ts'
import { loadVerifier } from './verify/load-verifier.ts'

export {
  type Address,
  type CallsEntry,
  callerId,
  decodeReceipt,
  decodeRequest,
  decodeValue,
  type Entry,
  encodeKey,
  encodeReceipt,
  type KeyPair,
  parseAddress,
  type Receipt,
  type Signer,
} from '@vms/format'
// Further exports: to read addresses, entries and requests, to show keys, and to store receipts.
export type { FiredAlarms, WaitingAlarms } from '@vms/format/structure'
export type { VmsClockError } from './calls/clocks.ts'
export type { CheckedOutcome } from './calls/outcome.ts'
export type { CallOptions, Receipted } from './calls/pending-call.ts'
export { FilesArchive } from './client/files-archive.ts'
export type { LedgerReader } from './client/ledger-reader.ts'
export { connect, type Methods, type Remote, type RemoteMembers } from './client/remote.ts'
export type { FileEncoding, FilesView, ListedFile, ServiceFiles } from './client/service-files.ts'
export {
  type BackendInfo,
  NodeVMSClient,
  type NodeVMSClientOptions,
} from './compat-2017/node-vms-client.ts'
export type {
  ClientEvents,
  ClientOptions,
  ConnectOptions,
  Reconnection,
} from './connection/options.ts'
export type { ServiceInfo } from './connection/service-info.ts'
export {
  type CallPlace,
  isLie,
  type VerificationEvidence,
  type VerifiedPart,
  VmsAbortError,
  VmsCancelError,
  VmsConnectionError,
  VmsError,
  VmsProtocolError,
  type VmsRefusal,
  VmsRefusedError,
  VmsRemoteError,
  VmsTimeoutError,
  VmsUsageError,
  VmsVerificationError,
} from './errors/errors.ts'
export type { FileChangeSeen } from './files/files-reader.ts'
export type { FileStat } from './files/files-version.ts'
export type { ClientPorts } from './platform/ports.ts'
export type { CheckedCalls } from './reading/entry-calls.ts'
export type { VerifiedEntry } from './reading/read-entries.ts'
export type { CheckedReceipt } from './reading/receipt.ts'
export type { AuditOptions, AuditProgress } from './structure/audit-ledger.ts'
export type { StructureCode, StructureFinding } from './structure/finding.ts'
export type { AlarmNotes, LedgerNotes } from './structure/ledger-notes.ts'
export type { ScriptVersion } from './structure/script-trail.ts'
export type { StructureReport } from './structure/structure-audit.ts'

/**
 * The key pair that the browser keeps for this page's origin under a name (`default` if none is given). Creates a missing one. Pass it as
 * the option `key`. On Node it rejects with `ERR_VMS_NO_KEY_STORE`.
 */
export const loadKeyPair = (name?: string): Promise<Signer> => platform.loadKeyPair(name)

/**
 * Checks a receipt, as a call gave it or as its bytes, without a host: that its caller signed the request, and that the request and the
 * outcomes stand in a ledger under a head that the ledger's host signed. With `ledger` (its key, or its `vms://` URL), also checks that the
 * receipt is from that ledger; without it, compare the result's `ledger` yourself. Rejects with {@link VmsVerificationError}.
 */
export async function verifyReceipt(
  receipt: Receipt | Uint8Array,
  options: { readonly ledger?: string | Uint8Array } = {},
): Promise<CheckedReceipt> {
  const { ledger } = options
  const { checkReceipt } = await loadVerifier()
  return await checkReceipt(receipt, ledger === undefined ? undefined : ledgerOption(ledger))
}
