/** Flags that say who may upgrade the script of a new service. */
import type { Command } from 'commander'
import { UsageError } from '../errors/errors.ts'
import { callerIds } from './caller-ids.ts'
import { duration } from './options.ts'

export interface UpgradeFlags {
  readonly upgradeBy?: string[]
  /** Milliseconds. */
  readonly upgradeDelay?: number
}

export const addUpgradeFlags = (command: Command): Command =>
  command
    .option(
      '--upgrade-by <caller id>',
      'let this caller upgrade the script later; repeatable (default: nobody may)',
      callerIds,
    )
    .option(
      '--upgrade-delay <duration>',
      'how long before an upgrade takes effect, such as 24h (default: at once)',
      duration,
    )

/** The callers who may upgrade, and the delay of an upgrade; null if nobody may. Throws {@link UsageError}. */
export function upgradersOf({
  upgradeBy: callers,
  upgradeDelay: delayMs,
}: UpgradeFlags): { readonly callers: readonly string[]; readonly delayMs: number } | null {
  if (callers) return { callers, delayMs: delayMs ?? 0 }
  if (delayMs === undefined) return null
  throw new UsageError('--upgrade-delay delays upgrades, but nobody may upgrade', {
    hint: '--upgrade-by <caller id> names who may',
  })
}
