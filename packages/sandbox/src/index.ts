/** @vms/sandbox: a machine that runs a script's calls one at a time and hands back their outcomes. */
// For stand-alone use. A service takes them from its genesis.
export { MACHINE_LIMITS as defaultMachineLimits } from '@vms/format'
export { RefusedError, SandboxError, type SandboxErrorCode } from './errors.ts'
export { decodeJson, encodeJson, jsonCodec } from './json-codec.ts'
export { defaultServiceLimits, type MachineLimits, type ServiceLimits } from './limits.ts'
export { underLoad } from './load.ts'
export { Machine } from './machine.ts'
export { MemoryFiles } from './memory-files.ts'
export {
  type Perturbation,
  perturbations,
  perturbationsHere,
  perturbed,
  secondOpinions,
} from './perturbations.ts'
export {
  currentSemantics,
  enginesOf,
  knownSemantics,
  knowsEngines,
  knowsSemantics,
  type ListedEngine,
  type ListedNode,
  listsEngine,
  nodesOf,
  releaseOfSemantics,
  runsOn,
  type Semantics,
  sameEngine,
} from './semantics.ts'
export { Spare } from './spare.ts'
export type {
  AbortReason,
  BootReport,
  CallResult,
  CallStatus,
  ConsoleLevel,
  ConsoleLine,
  EngineIdentity,
  ErrorValue,
  FileChange,
  FileKind,
  FileStat,
  FilesSource,
  HistoryItem,
  HistoryOptions,
  ListedFile,
  MachineAlarm,
  MachineCall,
  MachineOptions,
  MachineRequest,
  Moment,
  OracleAnswer,
  OracleContext,
  OraclePort,
  OracleUse,
  RefusalReason,
  RunReport,
  RunStop,
  TraceStep,
} from './types.ts'
export { type Refused, refusedGlobals } from './world/refused.ts'
