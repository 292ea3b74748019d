/** The verified state that one session leaves for the next. */
import type { SignedHead, TreeNode } from '@vms/format'
import type { ServiceInfo } from './service-info.ts'

/** Where the session before this one stood. */
export interface HeldHead {
  readonly info: ServiceInfo
  readonly head: SignedHead
  readonly roots: readonly TreeNode[]
}
