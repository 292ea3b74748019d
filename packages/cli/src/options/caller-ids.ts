/** Caller ids in flags. Apart from the other readers, because a reader of a number needs no client. */
import { parseAddress } from '@vms/client'
import { InvalidArgumentError } from 'commander'

/** The public key of a caller id. */
export function callerKey(id: string): Uint8Array {
  const address = parseAddress(id)
  if (address.kind !== 'ledger') throw new TypeError(`${id} is no caller id`)
  return address.key
}

/** A caller id as `vms key` prints it; repeatable. */
export function callerIds(value: string, ids: string[] = []): string[] {
  // A caller id is a public key, like the address of a ledger.
  if (value.length !== 52 || parseAddress(value).kind !== 'ledger')
    throw new InvalidArgumentError('It must be a caller id, as vms key prints it.')
  return [...ids, value]
}
