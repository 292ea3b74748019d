/** How a host starts the machine of a service. An auditor starts its own in the same way, but for files, oracles and console. */
import { filesUrl, type GenesisEntry, type ScriptText } from '@vms/format'
import { guestCodec } from '@vms/format/guest'
import type { Ledger } from '@vms/ledger'
import type { MachineOptions } from '@vms/sandbox'
import type { ServiceLimits } from './limits.ts'
import type { HostOracles, RunningCall } from './oracles.ts'

export interface MachineParts {
  readonly genesis: GenesisEntry
  /** The one that is in effect. */
  readonly script: ScriptText
  /** Source map of the script, if it was bundled. */
  readonly map: string | undefined
  readonly ledger: Ledger
  readonly limits: ServiceLimits
  readonly oracles: HostOracles
  readonly onConsole: MachineOptions['console'] | undefined
  readonly runningCall: RunningCall
}

export function machineOptions(parts: MachineParts): MachineOptions {
  const { genesis, script, map, ledger, limits, oracles, onConsole, runningCall } = parts
  return {
    script: script.source,
    name: script.name,
    codec: guestCodec,
    limits: genesis.limits,
    semantics: genesis.semantics,
    service: {
      callCpuMs: limits.callCpuMs,
      callWallMs: limits.callWallMs,
      memoryMiB: limits.memoryMiB,
    },
    files: ledger.files,
    oracle: oracles.open(genesis.limits.oracleResultBytes, runningCall),
    info: { title: script.title, key: filesUrl(ledger.filesKey) },
    ...(map !== undefined && { map }),
    ...(onConsole && { console: onConsole }),
  }
}
