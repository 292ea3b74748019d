/** Checks, after a reconnection, that the ledger extends the one that the client saw before. */
import { extendsHead } from '@vms/rpc'
import { crypto } from '#crypto'
import { VmsVerificationError } from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'
import type { HeldHead } from './held-head.ts'
import type { Greeting, Link } from './link.ts'

/**
 * Checks that the head of the hello is the one held or extends it. A host that answers with a shorter or another
 * history has taken back entries that it acknowledged. A shorter one proves nothing, because any peer can repeat an old head.
 */
export async function checkHistory(
  held: HeldHead,
  { hello, head: offered }: Greeting,
  link: Link,
): Promise<void> {
  const { length } = offered
  const before = held.head.length
  const evidence = { manifest: hello.manifest, held: held.head, offered }
  if (length < before) {
    const message = `it has ${length} entries, and had ${before} before`
    throw new VmsVerificationError('history', message, evidence, {
      code: 'ERR_VMS_BEHIND',
      isLie: false,
      hint: 'the host may be a restored copy, or another server may answer in its place; the client signed nothing',
    })
  }
  const nodes = length === before ? [] : await link.consistency(before, length)
  if (!verifying('history', evidence, () => extendsHead(crypto, held.roots, offered, nodes))) {
    const message = `the first ${before} entries are not the ones that it showed before`
    throw new VmsVerificationError('history', message, evidence)
  }
}
