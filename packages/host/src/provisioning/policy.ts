/** Policy: who may deploy on a host, the quotas, and the settings of services. The provisioning log records it, so an auditor can hold the host to it. */
import { type GenesisSettings, SCRIPT_BYTES } from '@vms/format'
import { fullSettings, type SettingsOptions } from '../settings/settings.ts'

const MiB = 1024 * 1024

/** The quotas of a host of many. Each is a number; 0 means none. */
export interface Quotas {
  /** Services that the host keeps, of all callers. Each costs disk and a little memory. */
  readonly services: number
  /** Services of one caller who is not an admin. Key pairs cost nothing, so `services` bounds the total. */
  readonly servicesPerCaller: number
  /** Deploys per hour by all callers who are not admins: the provisioning log keeps every script for ever. */
  readonly deploysPerHour: number
  /** Bytes of a script in UTF-8. */
  readonly scriptBytes: number
  /** Most bytes of ledger and files of one service. Beyond it, the host refuses its calls with ERR_VMS_STORAGE. */
  readonly storedBytes: number
  /** Calls per second of one caller to one service, averaged over some seconds. The host refuses more with ERR_VMS_RATE. */
  readonly callsPerSecond: number
}

export const QUOTAS: Quotas = {
  services: 1_000,
  servicesPerCaller: 10,
  deploysPerHour: 100,
  scriptBytes: MiB,
  storedBytes: 1_024 * MiB,
  callsPerSecond: 200,
}

/** The policy options of an operator. */
export interface PolicyOptions {
  /** Caller ids that may deploy beyond the quotas of callers, and stop and remove anything. Default: none. */
  readonly admins?: readonly string[]
  /** Whether everybody may deploy, within the quotas. Default: false. */
  readonly open?: boolean
  readonly quotas?: Partial<Quotas>
  /**
   * Settings of services whose deploy omits them. A deploy may ask for less of each limit, but not for more. A host of many services
   * accepts signed callers only.
   */
  readonly settings?: Omit<SettingsOptions, 'authentication'>
}

/** A policy as stored in /policy.json, with its keys in this order. */
export interface Policy {
  readonly operator: string
  readonly admins: readonly string[]
  readonly open: boolean
  readonly quotas: Quotas
  readonly settings: GenesisSettings
}

/** The policy of an operator's options, in the form that the script writes. */
export function policyOf(operator: string, options: PolicyOptions): Policy {
  const quotas = { ...QUOTAS, ...options.quotas }
  return {
    operator,
    admins: [...new Set(options.admins)].sort(),
    open: options.open ?? false,
    quotas: {
      services: quotas.services,
      servicesPerCaller: quotas.servicesPerCaller,
      deploysPerHour: quotas.deploysPerHour,
      scriptBytes: Math.min(quotas.scriptBytes, SCRIPT_BYTES),
      storedBytes: quotas.storedBytes,
      callsPerSecond: quotas.callsPerSecond,
    },
    settings: fullSettings({ ...options.settings, authentication: 'signed' }),
  }
}
