/** The verdict about a whole host: the worst of its parts. */
import type { Verdict } from '@vms/auditor'

/** `own-rules`: everything was verified, but no release shipped the script that decides who may deploy. */
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
