/** Serves a script: accepts signed calls, runs them, commits them, and replies with receipts. */

export type { DhtOptions } from './dht/dht-services.ts'
export {
  HostError,
  ListenError,
  ScriptDiffersError,
  ScriptFailedError,
  ServiceFaultError,
  SettingDiffersError,
} from './errors/errors.ts'
export type { ServiceFault } from './errors/fault.ts'
export { createHost } from './host/host.ts'
export type { HostOfMany, HostOfManyOptions, ServedService } from './host/host-of-many.ts'
export type { Host, HostOptions } from './host/host-of-one.ts'
export type { OperatingOptions } from './host/options.ts'
export type { Tls } from './http/tls.ts'
export type { Script } from './opening/deploy.ts'
export { nextAlarm } from './opening/resuming.ts'
export type { HostPorts } from './opening/starting.ts'
export type { Log } from './operations/log.ts'
export {
  FETCH_BODY_BYTES,
  type FetchOracleOptions,
  type FetchOracleRequest,
  type FetchOracleResponse,
  fetchOracle,
} from './oracles/fetch-oracle.ts'
export type { OracleContext, OracleFunction, Oracles } from './oracles/oracles.ts'
export { type Policy, type PolicyOptions, QUOTAS, type Quotas } from './provisioning/policy.ts'
export { provisioningScript } from './provisioning/script-source.ts'
export {
  NEXT_RELEASE,
  releaseOfScript,
  SHIPPED_SCRIPTS,
  type ShippedScript,
  scriptHash,
} from './provisioning/shipped-scripts.ts'
export {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  HOST_LIMITS,
  type HostLimits,
  SERVICE_LIMITS,
  type ServiceLimits,
} from './settings/limits.ts'
export { fullSettings, type SettingsOptions } from './settings/settings.ts'
