/** @vms/sandbox: a machine that runs a script's calls one at a time and returns their outcomes. */
// For stand-alone use. A service takes these settings from its genesis.

export type {
  FileEvent,
  FileStat,
  FilesPort,
  HistoryOptions,
  ListedFile,
} from '@vms/format'
export { MACHINE_LIMITS as defaultMachineLimits } from '@vms/format'
export { MemoryFiles } from './files/memory-files.ts'
export { decodeJson, encodeJson, jsonCodec } from './parent/json-codec.ts'
export { underLoad } from './parent/load.ts'
export { Machine } from './parent/machine.ts'
export {
  type Perturbation,
  perturbations,
  perturbationsHere,
  perturbed,
  secondOpinions,
} from './parent/perturbations.ts'
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
} from './parent/semantics.ts'
export { WarmProcess } from './parent/warm-process.ts'
export { RefusedError, SandboxError, type SandboxErrorCode } from './protocol/errors.ts'
export { defaultProcessLimits, type MachineLimits, type ProcessLimits } from './protocol/limits.ts'
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
} from './protocol/types.ts'
export { type Refused, refusedGlobals } from './world/refused.ts'
