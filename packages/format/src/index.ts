/** Every byte of VMS that is signed, hashed or stored. Pure: no I/O, runs in a browser. */

export { compareUtf8, fromHex, sameBytes, toHex } from './codec/bytes.ts'
export { AddressError, FormatError, ProofError, RecordError } from './codec/errors.ts'
export { misfit } from './codec/misfit.ts'
export { decodeRecord, encodeRecord } from './codec/record.ts'
export {
  blob,
  bool,
  bytes,
  choice,
  type Infer,
  integer,
  list,
  message,
  nullable,
  oneOf,
  type Parts,
  type RecordOf,
  record,
  type Shape,
  text,
  union,
} from './codec/schema.ts'
export {
  decodeValue,
  encodeValue,
  VALUE_LIMITS,
  type Value,
  ValueError,
  type ValueLimits,
} from './codec/value.ts'
export {
  type Checker,
  type Crypto,
  domainTag,
  type Hasher,
  type KeyPair,
  type Signer,
} from './crypto/crypto.ts'
export { laterPart } from './crypto/later-part.ts'
export { type Alarm, alarmDue, PendingAlarms } from './entries/alarm.ts'
export { withBorders } from './entries/borders.ts'
export { entryWithTail, tailOf } from './entries/calls-tail.ts'
export {
  type AlarmEntry,
  type BootEntry,
  type CallsEntry,
  decodeEntry,
  type Entry,
  encodeEntry,
  type GenesisEntry,
  type InitEntry,
  outcomesOf,
} from './entries/entry.ts'
export {
  type EpochBounds,
  type EpochTally,
  isSpent,
  NO_EPOCH,
  unborderedBytes,
  withEntry,
} from './entries/epoch.ts'
export {
  changedBytes,
  changesDigest,
  type FileChange,
  type FilesHead,
  filesHeadShape,
} from './entries/files.ts'
export type {
  FileEvent,
  FileStat,
  FilesPort,
  HistoryOptions,
  ListedFile,
} from './entries/files-port.ts'
export { type CheckpointKey, defaultOrigin, isOrigin } from './entries/genesis.ts'
export {
  GENESIS_ORIGINS,
  type GenesisOrigin,
  type GenesisSettings,
  settingsOf,
} from './entries/genesis-settings.ts'
export {
  DEBUG_NAME,
  ENTRY_BYTES,
  EPOCH_BOUNDS,
  ERROR_TEXT,
  METHOD_NAME,
  ORACLE_NAME,
  SCRIPT_BYTES,
  TIME_MS,
  WINDOW_ENTRIES,
} from './entries/limits.ts'
export { MACHINE_LIMITS, type MachineLimits } from './entries/machine-limits.ts'
export { type GenesisOptions, newGenesis } from './entries/new-genesis.ts'
export {
  type CallResult,
  callsExecuted,
  type ErrorValue,
  type OracleUse,
  type Outcome,
  outcomeShape,
  toOutcome,
} from './entries/outcome.ts'
export {
  callerId,
  callSeed,
  decodeRequest,
  encodeRequest,
  entrySeed,
  isDebugName,
  type Request,
  requestId,
  requestSignable,
  signRequest,
  verifyRequest,
} from './entries/request.ts'
export { ALARMS_FOLDER, alarmPath, SCRIPT_FILE } from './entries/reserved.ts'
export {
  announceScript,
  announceUpgrade,
  bootScript,
  bootUpgrade,
  canServe,
  decodeScriptState,
  FIRST_SCRIPT,
  firstTrail,
  isUpgrade,
  readUpgrade,
  type ScriptState,
  type ScriptText,
  type ScriptTrail,
  scriptAt,
  UPGRADE_METHOD,
  upgradeIsDue,
} from './entries/upgrade.ts'
export {
  appendSubtrees,
  type BlockProof,
  type CoreHead,
  checkBlocks,
} from './merkle/block-proof.ts'
export { type DriveKeys, driveKeys } from './merkle/drive.ts'
export {
  headSignable,
  ledgerKey,
  SIGNER_NAMESPACE,
  type SignedHead,
  signedHeadShape,
  verifyHead,
} from './merkle/head.ts'
export { type LedgerManifest, manifestShape } from './merkle/manifest.ts'
export { Rfc6962Range } from './merkle/rfc6962.ts'
export {
  climb,
  fillIndexes,
  firstLeaf,
  leafCount,
  leafNode,
  parentNode,
  pathIndexes,
  siblingIndex,
  TreeRoots,
  treeHash,
} from './merkle/tree.ts'
export { type TreeNode, treeNodeShape } from './merkle/tree-node.ts'
export {
  decodeHostStatement,
  encodeHostStatement,
  type HostClaim,
  type HostStatement,
  type ListedService,
  provenStatement,
  signHostClaim,
} from './proofs/host-statement.ts'
export { decodeReceipt, encodeReceipt, type Receipt } from './proofs/receipt.ts'
export { type ReceiptClaim, verifyReceipt, verifyReceiptLater } from './proofs/receipt-proof.ts'
export {
  contradicts,
  placeOf,
  type RefusalClaim,
  type RequestPlace,
  refusalSignable,
  signRefusal,
  verifyRefusal,
} from './proofs/refusal.ts'
export {
  decodeRefusal,
  encodeRefusal,
  provenRefusal,
  type SignedRefusal,
} from './proofs/signed-refusal.ts'
export { type Address, encodeKey, filesUrl, ledgerUrl, parseAddress, parseKey } from './urls/url.ts'
