/** A service whose ledger is open, with the secret keys that the host signs with for it. */
import type { CallableService as Callable } from '../connections/connection.ts'
import type { HostKeys } from '../opening/keys.ts'
import type { Service } from '../service/service.ts'

export interface OpenService extends Callable {
  readonly service: Service
  /** Secret half of the genesis' `keys.transport`: proves over the DHT that this is the host. */
  readonly transportKey: Uint8Array
}

export const secretsOf = ({ refusal, transport }: HostKeys): Omit<OpenService, 'service'> => ({
  refusalKey: refusal.secretKey,
  transportKey: transport.secretKey,
})
