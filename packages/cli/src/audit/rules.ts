/**
 * The rules by which a host accepts deploys: the scripts of its provisioning log. A known script is from a release of VMS, or the
 * auditing person accepted it. An audit verifies the log of any script, but it knows the meaning of a known script's log only.
 */
import type { LoggedScript } from '@vms/auditor'
import { releaseOfScript, scriptHash } from '@vms/host'

/** A script of the provisioning log. */
export interface RulesScript {
  /** The entry with the script: 0 is the genesis, any other an upgrade. */
  readonly entry: number
  /** The hash of its source, in hexadecimal. */
  readonly sha256: string
  /** The first release with this script; null if there is none. */
  readonly release: string | null
  /** Whether the auditing person accepted it. */
  readonly accepted: boolean
}

export interface HostRules {
  /** Whether all scripts are from releases or accepted. */
  readonly known: boolean
  readonly scripts: readonly RulesScript[]
}

/** `accepted`: hashes of the scripts that the auditing person has read. */
export function rulesOf(scripts: readonly LoggedScript[], accepted: readonly string[]): HostRules {
  const found = scripts.map(({ entry, source }) => {
    const sha256 = scriptHash(source)
    return {
      entry,
      sha256,
      release: releaseOfScript(sha256),
      accepted: accepted.includes(sha256),
    }
  })
  return { known: found.every(isKnown), scripts: found }
}

export const isKnown = ({ release, accepted }: RulesScript): boolean => release !== null || accepted
