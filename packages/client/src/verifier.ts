/**
 * Everything with which a client reads and checks what a host says: frames, heads, replies, refusals, the genesis, entries, blocks, files,
 * receipts, the structure of a ledger.
 * It is a part of its own, so that a page starts with less: `load-verifier.ts` loads it while the connection opens, and
 * nothing that came over the connection is looked at before it is there.
 */
export { decodeHostFrame, HeadTracker } from '@vms/rpc'
export { crypto } from '#crypto'
export { BlockReader } from './block-reader.ts'
export { checkCalls } from './entry-calls.ts'
export { FilesReader } from './files/files-reader.ts'
export { checkHistory } from './history.ts'
export { readEntries } from './read-entries.ts'
export { checkReceipt } from './receipt.ts'
export { afterRefusal, checkAgainstRefusals, checkRefusal, refusedError } from './refused.ts'
export { checkReply } from './reply.ts'
export { readScripts } from './script-trail.ts'
export { checkGenesis, checkLedger } from './service-info.ts'
export { signCalls, tooLarge } from './signing.ts'
export { auditLedger } from './structure/audit-ledger.ts'
