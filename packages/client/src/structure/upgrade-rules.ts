/** The rules of format.md for upgrades: who brings a new script, that it begins when it is due, and that requests have seen it. */
import {
  announceUpgrade,
  type BootEntry,
  bootUpgrade,
  canServe,
  type GenesisEntry,
  isUpgrade,
  type Request,
  readUpgrade,
  sameBytes,
  upgradeIsDue,
} from '@vms/format'
import type { Report } from './finding.ts'
import type { Past } from './past.ts'

/** Takes in a request, which may be an upgrade; whether it is. */
export function checkUpgrade(
  past: Past,
  request: Request,
  { time, upgrade }: { readonly time: number } & Pick<GenesisEntry, 'upgrade'>,
  report: Report,
): boolean {
  const { caller, head } = request
  if (past.script.since > 0 && head.length <= past.script.since) {
    report('HEAD_BEFORE_UPGRADE', 'the caller had not seen that the script was replaced')
  }
  if (!isUpgrade(request)) return false
  if (typeof caller === 'string' || !upgrade.callers.some((key) => sameBytes(key, caller))) {
    report('UPGRADE_FORBIDDEN', 'its caller may not replace the script')
  }
  try {
    readUpgrade(request)
  } catch (error) {
    report('REQUEST_INVALID', `it brings no script: ${(error as Error).message}`)
  }
  const { delayMs } = upgrade
  past.script = announceUpgrade(past.script, { entry: past.length, time, delayMs }).state
  return true
}

/** Something of the script runs: no other one may be due. */
export function checkRuns({ script }: Past, time: number, report: Report): void {
  if (!upgradeIsDue(script, time)) return
  report('UPGRADE_MISSED', 'the script had to be replaced before this')
}

/** Takes in a start of the script. */
export function checkBootUpgrade(past: Past, entry: BootEntry, report: Report): void {
  if (entry.reason !== 'upgrade') {
    checkRuns(past, entry.time, report)
  } else if (upgradeIsDue(past.script, entry.time)) {
    const { time } = entry
    past.script = bootUpgrade(past.script, {
      entry: past.length,
      time,
      served: canServe(entry),
    }).state
  } else {
    report('UPGRADE_EARLY', 'the script was replaced before it was due')
  }
}
