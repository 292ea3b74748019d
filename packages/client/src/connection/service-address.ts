/** Reads the address of a service, and the key that its ledger must have. */
import { parseAddress, parseKey } from '@vms/format'
import { VmsUsageError } from '../errors/errors.ts'

/** The address for calls, and the ledger that it names, if any. */
export interface ServiceAddress {
  /** The WebSocket URL of a host, or `vms://…` over the DHT. */
  readonly url: string
  readonly ledger: Uint8Array | null
  readonly overDht: boolean
}

/** Reads the address of a service; `vms://…` only where there is a DHT. Throws {@link VmsUsageError} or an AddressError. */
export function serviceAddress(text: string, hasDht: boolean): ServiceAddress {
  const address = parseAddress(text)
  if (address.kind === 'service') return { ...address, overDht: false }
  const { kind, url } = address
  if (kind === 'ledger' && hasDht) return { url, ledger: address.key, overDht: true }
  throw new VmsUsageError(
    'ERR_VMS_NOT_A_HOST',
    `${url} names ${kind === 'ledger' ? 'a ledger' : 'files'}, not a host`,
    {
      hint:
        kind === 'ledger'
          ? 'use one like localhost:5555 or wss://example.org; on Node, the option dht (@vms/client/dht) finds a host by its ledger'
          : 'use one like localhost:5555 or wss://example.org, and give the ledger as an option to have it checked',
    },
  )
}

/** Reads the ledger key that a user gave. Throws {@link VmsUsageError}. */
export function ledgerOption(ledger: string | Uint8Array): Uint8Array {
  if (typeof ledger !== 'string') return ledger
  const key = parseKey(ledger.replace(/^vms:\/\//, ''))
  if (key) return key
  throw new VmsUsageError('ERR_VMS_BAD_LEDGER', `${JSON.stringify(ledger)} is no key of a ledger`, {
    hint: '52 characters of z-base-32 or 64 of hexadecimal',
  })
}
