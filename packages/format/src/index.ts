/** Every byte of VMS that is signed, hashed or stored. Pure: no I/O, runs in a browser. */
export {
  ALARMS_FOLDER,
  type Alarm,
  alarmDue,
  alarmPath,
  PendingAlarms,
} from './alarm.ts'
export { appendSubtrees, type BlockProof, type CoreHead, checkBlocks } from './block-proof.ts'
export { compareUtf8, fromHex, sameBytes, toHex } from './bytes.ts'
export {
  type Checker,
  type Crypto,
  domainTag,
  type Hasher,
  type KeyPair,
  type Signer,
} from './crypto.ts'
export { type DriveKeys, driveKeys } from './drive.ts'
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
} from './entry.ts'
export { AddressError, FormatError, ProofError, RecordError } from './errors.ts'
export {
  changedBytes,
  changesDigest,
  type FileChange,
  type FilesHead,
  filesHeadShape,
} from './files.ts'
export {
  GENESIS_ORIGINS,
  type GenesisOrigin,
  type GenesisSettings,
  settingsOf,
} from './genesis-settings.ts'
export {
  headSignable,
  ledgerKey,
  SIGNER_NAMESPACE,
  type SignedHead,
  signedHeadShape,
  verifyHead,
} from './head.ts'
export {
  decodeHostStatement,
  encodeHostStatement,
  type HostClaim,
  type HostStatement,
  type ListedService,
  provenStatement,
  signHostClaim,
} from './host-statement.ts'
export { laterPart } from './later-part.ts'
export {
  DEBUG_NAME,
  ENTRY_BYTES,
  EPOCH_CALLS,
  ERROR_TEXT,
  METHOD_NAME,
  ORACLE_NAME,
  SCRIPT_BYTES,
  TIME_MS,
  WINDOW_ENTRIES,
} from './limits.ts'
export { MACHINE_LIMITS, type MachineLimits } from './machine-limits.ts'
export { type LedgerManifest, manifestShape } from './manifest.ts'
export {
  type CallResult,
  callsExecuted,
  type ErrorValue,
  type OracleUse,
  type Outcome,
  outcomeShape,
  toOutcome,
} from './outcome.ts'
export { decodeReceipt, encodeReceipt, type Receipt } from './receipt.ts'
export { type ReceiptClaim, verifyReceipt, verifyReceiptLater } from './receipt-proof.ts'
export {
  contradicts,
  placeOf,
  type RefusalClaim,
  type RequestPlace,
  refusalSignable,
  signRefusal,
  verifyRefusal,
} from './refusal.ts'
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
} from './request.ts'
export { Rfc6962Range } from './rfc6962.ts'
export {
  blob,
  bool,
  bytes,
  either,
  type Infer,
  integer,
  list,
  none,
  nullable,
  oneOf,
  pair,
  record,
  type Shape,
  text,
} from './schema.ts'
export {
  decodeRefusal,
  encodeRefusal,
  provenRefusal,
  type SignedRefusal,
} from './signed-refusal.ts'
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
} from './tree.ts'
export { type TreeNode, treeNodeShape } from './tree-node.ts'
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
  SCRIPT_FILE,
  type ScriptState,
  type ScriptText,
  type ScriptTrail,
  scriptAt,
  UPGRADE_METHOD,
  upgradeIsDue,
} from './upgrade.ts'
export { type Address, encodeKey, filesUrl, ledgerUrl, parseAddress, parseKey } from './url.ts'
export {
  decodeValue,
  encodeValue,
  VALUE_LIMITS,
  type Value,
  ValueError,
  type ValueLimits,
} from './value.ts'
