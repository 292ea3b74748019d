/** Serves a script: accepts signed calls, runs them, commits them, and replies with receipts. */
export type { Script } from './deploy.ts'
export {
  HostError,
  ListenError,
  ScriptDiffersError,
  ScriptFailedError,
  SettingDiffersError,
} from './errors.ts'
export {
  FETCH_BODY_BYTES,
  type FetchOracleOptions,
  type FetchOracleRequest,
  type FetchOracleResponse,
  fetchOracle,
} from './fetch-oracle.ts'
export { createHost, type Host, type HostOptions } from './host.ts'
export { SERVICE_LIMITS, type ServiceLimits } from './limits.ts'
export type { OracleContext, OracleFunction, Oracles } from './oracles.ts'
export type { HostPorts } from './starting.ts'
