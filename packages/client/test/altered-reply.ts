/** Replies whose tail is altered: what a lying host would send. */
import { type CallsEntry, decodeEntry, encodeEntry, entryWithTail, tailOf } from '@vms/format'
import type { Reply } from '@vms/rpc'

type Tail = Pick<CallsEntry, 'time' | 'outcomes' | 'root' | 'files'>

/** The reply with another tail. */
export function withTail(reply: Reply, alter: (honest: Tail) => Partial<Tail>): Reply {
  const entry = decodeEntry(entryWithTail(new Uint8Array(), null, reply.tail)) as CallsEntry
  return { ...reply, tail: tailOf(encodeEntry({ ...entry, ...alter(entry) })) }
}
