/** The verdict about a whole host: the worst verdict of its parts. */
import type { Verdict } from '@vms/auditor'

/** `own-rules`: all is verified, but the script that decides who may deploy is from no release. */
export type HostVerdict = Verdict | 'own-rules'

/** From worst to best. */
const ORDER = [
  'host-fault',
  'nondeterministic-script',
  'engine-differs',
  'incomplete',
  'own-rules',
  'verified',
] as const satisfies readonly HostVerdict[]

export const worst = <V extends HostVerdict>(verdicts: readonly V[]): V =>
  ORDER.find((verdict) => verdicts.includes(verdict as V)) as V
