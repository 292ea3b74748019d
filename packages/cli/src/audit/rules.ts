/**
 * By whose rules a host takes deploys: whether each script of its provisioning log is one that a release of VMS came with, or
 * that the person who audits says to know. With any other the log is as true, but what it means is that script's affair.
 */
import type { LoggedScript } from '@vms/auditor'
import { releaseOfScript, scriptHash } from '@vms/host'

/** A script of the provisioning log. */
export interface RulesScript {
  /** Index of the entry that brought it: 0 is the genesis, any other an upgrade. */
  readonly entry: number
  /** Of its source, in hexadecimal. */
  readonly sha256: string
  /** The first release that came with it; null if none did. */
  readonly release: string | null
  /** Whether the person who audits named it. */
  readonly accepted: boolean
}

export interface HostRules {
  /** Whether all scripts were shipped or accepted. */
  readonly known: boolean
  readonly scripts: readonly RulesScript[]
}

/** `accepted`: hashes of scripts that the person who audits has read. */
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
