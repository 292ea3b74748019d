/** What is kept of a session for the next one. */
import type { SignedHead, TreeNode } from '@vms/format'
import type { ServiceInfo } from './service-info.ts'

/** Where the session before this one stood. */
export interface HeldHead {
  readonly info: ServiceInfo
  readonly head: SignedHead
  readonly roots: readonly TreeNode[]
}
