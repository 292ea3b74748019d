/** The proof of a broken rule of the format: the entries and trees that a stranger needs, besides the entry itself and the genesis. */
import type { StructureCode } from '@vms/format/structure'

/** Codes of broken rules that are proven without a replay. */
export type RuleCode = StructureCode | 'ENGINE_UNLISTED'

export interface ProofNeeds {
  /** Ranges [start, end) of entries. */
  readonly spans: readonly (readonly [start: number, end: number])[]
  /** Lengths of earlier trees. */
  readonly trees: readonly number[]
  /** Indexes of nodes of the tree. */
  readonly nodes: readonly number[]
  /** Length at which the edge of the RFC 6962 tree is needed. */
  readonly edge: number | null
  /** Whether earlier entries with the request of this one are needed. */
  readonly sameRequest: number | null
}

/** Positions of the earlier entries that rules about an entry refer to. */
export interface Landmarks {
  /** Index of the last boot; 0 before the first. */
  readonly boot: number
  /** Index of the last boot that took an upgrade into effect or dropped it; 0 if there is none. */
  readonly upgradeBoot: number
  /** Index of the boot that put the present script into effect; 0 for the script of the genesis. */
  readonly scriptSince: number
  /** Index of the pending upgrade. */
  readonly pendingUpgrade: number | null
  /** Index at which the last whole group before this entry began. */
  readonly groupBefore: number
  /** Length that the request's head names. */
  readonly headLength: number | null
}

export const needsOf = (
  spans: ProofNeeds['spans'],
  other: Partial<Omit<ProofNeeds, 'spans'>> = {},
): ProofNeeds => ({ spans, trees: [], nodes: [], edge: null, sameRequest: null, ...other })

/** The proof that the entry at `index` breaks the rule of `code`. */
export function proofNeeds(code: RuleCode, index: number, past: Landmarks): ProofNeeds {
  const alone = [index, index + 1] as const
  const withBefore = [Math.max(0, index - 1), index + 1] as const
  switch (code) {
    case 'GENESIS_MISMATCH':
    case 'SIGNERS_MISMATCH':
    case 'ENTRY_INVALID':
    case 'ENGINE_UNLISTED':
    case 'REQUEST_INVALID':
    case 'REQUEST_UNSIGNED':
    case 'SIGNATURE_INVALID':
    case 'REQUEST_EXPIRED':
    case 'HEAD_TOO_OLD':
    case 'LIMIT_EXCEEDED':
    case 'OUTCOMES_MISCOUNTED':
    case 'ORACLE_INVALID':
    case 'ALARM_EARLY':
    case 'UPGRADE_FORBIDDEN':
      return needsOf([alone])
    case 'BORDER_INVALID':
    case 'TIME_BACKWARDS':
      return needsOf([withBefore])
    case 'ROOT_MISMATCH':
      return needsOf([[past.groupBefore, index + 1]], { edge: past.groupBefore })
    // All entries since the last boot show that it is the last one, and how many calls the epoch has.
    case 'ENTRY_MISPLACED':
    case 'METHOD_UNKNOWN':
    case 'EPOCH_OVERRUN':
      return needsOf([[past.boot, index + 1]])
    case 'REQUEST_REPLAYED':
      return needsOf([alone], { sameRequest: index })
    case 'HEAD_UNKNOWN':
      return headNeeds(index, past.headLength)
    case 'HEAD_BEFORE_UPGRADE':
      return needsOf([[past.scriptSince, past.scriptSince + 1], alone])
    // The entries since then show that nothing came between.
    case 'UPGRADE_EARLY':
      return needsOf([[past.pendingUpgrade ?? past.upgradeBoot, index + 1]])
    case 'UPGRADE_MISSED':
      return needsOf([[past.pendingUpgrade ?? index, index + 1]])
    default:
      return code satisfies never
  }
}

/**
 * What a wrong head in a request needs: the entry before the named length shows whether a group ended there, and the tree at that length
 * has another hash.
 */
function headNeeds(index: number, length: number | null): ProofNeeds {
  const alone = [index, index + 1] as const
  if (length === null || length === 0 || length > index) return needsOf([alone])
  return needsOf([[length - 1, length], alone], { trees: [length] })
}
