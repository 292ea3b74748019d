/** The verified state that one session passes to the next. */
import type { SignedHead, TreeNode } from '@vms/format'
import type { ServiceInfo } from './service-info.ts'

/** The last verified head of the session before this one. */
export interface HeldHead {
  readonly info: ServiceInfo
  readonly head: SignedHead
  readonly roots: readonly TreeNode[]
}
