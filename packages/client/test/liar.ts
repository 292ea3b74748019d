/** Lies about single parts, for hosts whose every other word is true. */
import type { TreeNode } from '@vms/format'
import type { HostFrame } from '@vms/rpc'
import { FakeHost } from './fake-host.ts'

/** Other bytes of the same length. */
export const flip = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))

/** A node with another hash. */
export const alter = (node: TreeNode): TreeNode => ({ ...node, hash: flip(node.hash) })

/** A host that alters its frames of one kind. */
export function liar<K extends HostFrame[0]>(
  kind: K,
  lie: (frame: Extract<HostFrame, readonly [K, ...unknown[]]>) => HostFrame,
): FakeHost {
  const host = new FakeHost()
  host.tamper = (frame) =>
    frame[0] === kind ? lie(frame as Extract<HostFrame, readonly [K, ...unknown[]]>) : frame
  return host
}
