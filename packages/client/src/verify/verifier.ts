/**
 * Everything with which a client reads and checks a host's messages: frames, heads, replies, refusals, the genesis, entries, blocks, files,
 * receipts, the structure of a ledger. This part is a module of its own, so that a page starts with less. `load-verifier.ts` loads it while
 * the connection opens, and the client reads no message before it is loaded.
 */
export { decodeHostFrame, HeadTracker } from '@vms/rpc'
export { crypto } from '#crypto'
export { afterRefusal, checkAgainstRefusals, checkRefusal, refusedError } from '../calls/refused.ts'
export { checkReply } from '../calls/reply.ts'
export { signCalls, tooLarge } from '../calls/signing.ts'
export { checkHistory } from '../connection/history.ts'
export { checkGenesis, checkLedger } from '../connection/service-info.ts'
export { FilesReader } from '../files/files-reader.ts'
export { BlockReader } from '../reading/block-reader.ts'
export { checkCalls } from '../reading/entry-calls.ts'
export { readEntries } from '../reading/read-entries.ts'
export { checkReceipt } from '../reading/receipt.ts'
export { auditLedger } from '../structure/audit-ledger.ts'
export { readScripts } from '../structure/script-trail.ts'
