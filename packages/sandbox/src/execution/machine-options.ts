/** Options of a service's machine. Host and auditor start it alike, except for files, oracles and their own limits. */
import { filesUrl, type GenesisEntry, type ScriptText } from '@vms/format'
import { runtimeCodec } from '@vms/format/runtime'
import type { MachineOptions } from '../protocol/types.ts'

export interface ServiceMachine {
  readonly genesis: Pick<GenesisEntry, 'limits' | 'semantics'>
  /** The script that is in effect. */
  readonly script: ScriptText
  /** Public key of the service's files; null for a rehearsal, which has none. */
  readonly filesKey: Uint8Array | null
}

export const machineOptions = (
  { genesis: { limits, semantics }, script, filesKey }: ServiceMachine,
  own: Omit<MachineOptions, 'script' | 'name' | 'codec' | 'limits' | 'semantics' | 'info'>,
): MachineOptions => ({
  script: script.source,
  name: script.name,
  codec: runtimeCodec,
  limits,
  semantics,
  info: { title: script.title, key: filesKey ? filesUrl(filesKey) : '' },
  ...own,
})
