/** The audit of a host of many: compares its provisioning log with the ledgers that it names. */
export { type Comparison, isComparable, isId, judgeLedger, judgeLogged } from './compare.ts'
export {
  HOST_FINDINGS,
  type HostEvidence,
  type HostFinding,
  type HostFindingCode,
  hostFinding,
} from './finding.ts'
export {
  type LoggedPlace,
  type LoggedScript,
  type LoggedService,
  type ProvisioningLog,
  readProvisioningLog,
} from './log.ts'
export { proveLedger } from './proofs.ts'
export { type Asking, claimAbout, judgeList } from './statements.ts'
