/** Serves a script: accepts signed calls, runs them, commits them, and replies with receipts. */
export { createHost } from './create-host.ts'
export type { Script } from './deploy.ts'
export {
  HostError,
  ListenError,
  ScriptDiffersError,
  ScriptFailedError,
  ServiceFaultError,
  SettingDiffersError,
} from './errors.ts'
export type { ServiceFault } from './fault.ts'
export {
  FETCH_BODY_BYTES,
  type FetchOracleOptions,
  type FetchOracleRequest,
  type FetchOracleResponse,
  fetchOracle,
} from './fetch-oracle.ts'
export type { Host, HostOptions } from './host.ts'
export type { HostOfMany, HostOfManyOptions, ServedService } from './host-of-many.ts'
export {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  HOST_LIMITS,
  type HostLimits,
  SERVICE_LIMITS,
  type ServiceLimits,
} from './limits.ts'
export type { Log } from './operating/log.ts'
export type { OperatingOptions } from './operating/options.ts'
export type { Tls } from './operating/tls.ts'
export type { OracleContext, OracleFunction, Oracles } from './oracles.ts'
export { type Policy, type PolicyOptions, QUOTAS, type Quotas } from './provisioning/policy.ts'
export { provisioningScript } from './provisioning/script-source.ts'
export {
  NEXT_RELEASE,
  releaseOfScript,
  SHIPPED_SCRIPTS,
  type ShippedScript,
  scriptHash,
} from './provisioning/shipped-scripts.ts'
export { nextAlarm } from './resuming.ts'
export type { DhtOptions } from './services/dht-house.ts'
export { fullSettings, type SettingsOptions } from './settings.ts'
export type { HostPorts } from './starting.ts'
